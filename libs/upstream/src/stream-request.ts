import type { Duplex, Readable } from 'node:stream';
import { UpstreamError } from 'guichet/kernel';
import type { HttpRequest, UpstreamRequest } from './upstream-request.js';

/** What an exchange that is handed through may take. */
export interface StreamLimits {
  /** Milliseconds until there is a connection. */
  readonly connectTimeoutMs: number;
  /** Milliseconds from the request's last byte to the answer's head. */
  readonly headersTimeoutMs: number;
  /** Milliseconds between two pieces of the answer's body, while the client takes them. */
  readonly idleTimeoutMs: number;
}

/** An answer whose body is still to come. */
export interface StreamAnswer {
  readonly status: number;
  /** Names and values, alternating, as they stood on the wire. */
  readonly headers: readonly Buffer[];
  /** `host:port` that answers. */
  readonly address: string;
  /** Goes on after {@link StreamClient} asked for a pause. */
  resume(): void;
  /** Says that it may last: from now on it counts as a success, however it ends. */
  settle(): void;
  /**
   * Ends it; the client hears nothing more of it.
   * @param error  what the upstream did wrong: its attempt fails by it, unless what it counts as was said before
   */
  abort(error?: UpstreamError): void;
}

/** Who takes what an upstream sends, piece by piece. One for all attempts; one attempt's answer reaches it. */
export interface StreamClient {
  /** The answer to come is announced by 1xx. */
  informed(status: number, headers: readonly Buffer[]): void;
  /** @returns false to be sent nothing more until {@link StreamAnswer.resume} */
  answered(answer: StreamAnswer): boolean;
  /**
   * An answer that says no (400 and above) is there, and what the layers make of it comes next: another attempt, or a failure with
   * `upstream-status`. Who then wants the answer itself calls `take`, before it returns.
   * @param take  undefined once it is too late
   */
  offered(take: (() => void) | undefined): void;
  /** A piece of the body. @returns false to be sent nothing more until {@link StreamAnswer.resume} */
  data(chunk: Buffer): boolean;
  /** The body is whole. @param trailers  as the headers */
  ended(trailers: readonly Buffer[]): void;
  /** The body will never be whole. What failed before the head is told by the call's sink alone. */
  cut(error: unknown): void;
  /** The connection is the client's own now. */
  upgraded(headers: readonly Buffer[], socket: Duplex): void;
}

/** A request that is handed through: bodies stream both ways, and nothing of the answer is collected. */
export interface StreamRequest extends HttpRequest {
  /** The body as a stream that undici reads; it is not read before there is a connection. */
  readonly source: Readable | undefined;
  /** Bytes that the body has; undefined: it ends when it ends. */
  readonly sourceBytes: number | undefined;
  /** The protocol that is asked for instead of HTTP. */
  readonly upgrade: 'websocket' | undefined;
  readonly limits: StreamLimits;
  readonly client: StreamClient;
}

/** What a {@link StreamRequest} has of an ordinary call's, and does not use. */
export const UNCOLLECTED = {
  body: undefined,
  contentType: undefined,
  idempotencyKey: undefined,
  isPublic: false,
  // Nobody shares what is streamed.
  identityKey: undefined,
  // Its parts have limits of their own.
  timeoutMs: Infinity,
  isHedged: false,
  maxBytes: Infinity,
  schema: undefined,
  reader: {
    accept: '*/*',
    read(request: UpstreamRequest): never {
      throw new UpstreamError('upstream-malformed', request.upstream, 'a streamed answer is not collected');
    },
  },
} as const;
