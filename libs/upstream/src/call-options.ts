import type { Schema } from 'guichet/kernel';
import type { DeclaredHeaders } from './declared-headers.js';
import type { Query } from './query-string.js';

/** What any call may say beside its path. */
export interface CallOptions<T> {
  /** Appended to the path, encoded. */
  readonly query?: Query;
  /** Headers of this call. Those of the connection and of the framework are refused. */
  readonly headers?: DeclaredHeaders;
  /** What the answer must look like; what is not in it does not come through. Without one the answer is any JSON, or nothing. */
  readonly schema?: Schema<T>;
  /** Milliseconds one attempt may take, instead of the upstream's. */
  readonly timeoutMs?: number;
  /** Whether the answer is the same whoever asks; such a call carries no identity. */
  readonly public?: boolean;
}

/** What a call that changes something may say. */
export interface WriteOptions<T> extends CallOptions<T> {
  /** Sent as JSON; `undefined` sends no body. */
  readonly body?: unknown;
  /** Sent as `Idempotency-Key`: by it the upstream recognises a call that it has carried out already. */
  readonly idempotencyKey?: string;
}
