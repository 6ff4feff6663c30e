import type { IncomingHttpHeaders } from 'node:http';
import type { HttpRequest } from './upstream-request.js';

/** A whole answer, as the transport collected it. */
export interface Answer {
  readonly status: number;
  /** All headers, by name in lower case. Made anew on every read: for one, ask {@link header}. */
  readonly headers: IncomingHttpHeaders;
  /** @param name  in lower case */
  header(name: string): string | undefined;
  /** The body's bytes, within the cap; empty where there is none. */
  readonly body: Buffer;
  /** Milliseconds after which the upstream wants to be asked again, where it said so. */
  readonly retryAfterMs: number | undefined;
  /** `host:port` that answered, for logs. */
  readonly address: string;
}

/** Makes a call's value of an answer. Stands innermost, so that every layer sees an unreadable answer as a failed attempt. */
export interface AnswerReader {
  /** What the call accepts: the `Accept` header, unless the call declares one. */
  readonly accept: string;
  /** @throws UpstreamError  if the answer is no success, or not what the call asked for */
  read(request: HttpRequest, answer: Answer): unknown;
}
