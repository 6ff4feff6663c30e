import type { CallContext, Schema } from 'guichet/kernel';
import type { AnswerReader } from './answer.js';
import type { CallIdentity } from './identity/call-identity.js';

/** The methods a call can have. */
export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

/** What one call asks of an upstream: made once, the same for all its attempts, never changed. */
export interface UpstreamRequest {
  /** The upstream's name. */
  readonly upstream: string;
  readonly method: HttpMethod;
  /** The path template: says which call it is, without any value; for messages, metrics and traces. */
  readonly template: string;
  /** The encoded path with its query, ready for the wire. */
  readonly target: string;
  /** The declared headers: names in lower case and values, alternating. */
  readonly headers: readonly string[];
  readonly body: string | Buffer | undefined;
  readonly contentType: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** Whether the answer is the same whoever asks; such a call carries no identity. */
  readonly isPublic: boolean;
  /** As whom it is made; undefined where no identity is sent. */
  readonly identity: CallIdentity | undefined;
  /**
   * On whose behalf it is made, as far as the upstream is told: who may share its answer. The empty string where no identity
   * is sent; undefined where nobody may share it. Holds issuer, subject and the claims that are sent, never a token.
   */
  readonly identityKey: string | undefined;
  /** Milliseconds one attempt may take in all. */
  readonly timeoutMs: number;
  /** Further attempts it may get when one fails, if it may be repeated. */
  readonly maxRetries: number;
  /** Whether a second attempt may go out beside a slow first one, if it is a GET or HEAD. */
  readonly isHedged: boolean;
  /** Bytes an answer's body may have. */
  readonly maxBytes: number;
  /** What an answer must look like; undefined takes any JSON, or none. */
  readonly schema: Schema<unknown> | undefined;
  /** Makes the call's value of an answer. */
  readonly reader: AnswerReader;
  readonly context: CallContext;
}

/**
 * @returns whether a call may be made a second time without harm: GET and HEAD, and what carries an idempotency key, by which
 * the upstream knows a call that it has carried out already
 */
export function isRepeatable({ method, idempotencyKey }: UpstreamRequest): boolean {
  return method === 'GET' || method === 'HEAD' || idempotencyKey !== undefined;
}

/** @returns how messages name a call: method and template, which hold no value */
export function named(request: UpstreamRequest): string {
  return `${request.method} ${request.template}`;
}
