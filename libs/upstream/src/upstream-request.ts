import type { CallContext, Schema } from 'guichet/kernel';
import type { AnswerReader } from './answer.js';
import type { CallIdentity } from './identity/call-identity.js';

/**
 * What one call asks of an upstream, whatever is spoken to it: made once, the same for all its attempts, never changed. Layers
 * know no more of a call than this. Calls of all protocols have these fields in this order: the layers see one kind of object.
 * @see makeRequest
 */
export interface UpstreamRequest {
  /** The upstream's name. */
  readonly upstream: string;
  /** What is done, in the protocol's own word: an HTTP method, `UNARY`, `QUERY`. For messages, metrics and traces. */
  readonly method: string;
  /** Says which call it is, without any value: a path template, a gRPC method, an operation's name. For the same. */
  readonly template: string;
  /** Where it is sent, with its values: the encoded path with its query, ready for the wire; a gRPC method; a subject. */
  readonly target: string;
  /** The declared headers (metadata): names in lower case and values, alternating. */
  readonly headers: readonly string[];
  readonly body: string | Buffer | undefined;
  readonly contentType: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** Whether it changes nothing: it may be shared with who asks the same, and have a second attempt beside a slow first one. */
  readonly isSafe: boolean;
  /** Whether it may be made a second time without harm: what is safe, and what the upstream knows again. */
  readonly isRepeatable: boolean;
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
  /** Further attempts it may get when one fails, if it is repeatable. */
  readonly maxRetries: number;
  /** Whether a second attempt may go out beside a slow first one, if it is safe. */
  readonly isHedged: boolean;
  /** Bytes an answer may have. */
  readonly maxBytes: number;
  /** What an answer must look like; undefined takes any, or none. */
  readonly schema: Schema<unknown> | undefined;
  /** Makes the call's value of an answer, in a way that the protocol's transport knows: calls read alike have the same object. */
  readonly reader: object;
  readonly context: CallContext;
}

/** The methods a call by HTTP can have. */
export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

/** What one call asks by HTTP. */
export interface HttpRequest extends UpstreamRequest {
  readonly method: HttpMethod;
  readonly reader: AnswerReader;
}

/** @returns how messages name a call: method and template, which hold no value */
export function named(request: UpstreamRequest): string {
  return `${request.method} ${request.template}`;
}
