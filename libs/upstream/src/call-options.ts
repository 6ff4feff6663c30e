import type { Schema } from 'guichet/kernel';
import type { DeclaredHeaders } from './declared-headers.js';
import type { IdentityKind } from './identity/identity-kind.js';
import type { Query } from './query-string.js';

/** As whom a call is made. */
export type IdentityChoice =
  | {
      readonly public?: false;
      /** Instead of the upstream's. */
      readonly identity?: IdentityKind;
    }
  | {
      /** Whether the answer is the same whoever asks; such a call carries no identity, whatever the upstream's is. */
      readonly public: true;
      readonly identity?: 'none';
    };

/** What a call of any protocol may say. */
export interface RequestOptions {
  /** Headers of this call. Those of the connection, of the framework and of identity are refused. */
  readonly headers?: DeclaredHeaders;
  /** Milliseconds one attempt may take, instead of the upstream's. */
  readonly timeoutMs?: number;
  /** Further attempts when one fails, instead of the upstream's, 0 to 3; only a call that may be repeated gets any. */
  readonly maxRetries?: number;
  /** Whether a slow first attempt gets a second one beside it, instead of the upstream's; only one that changes nothing. */
  readonly hedge?: boolean;
}

/** What a call by a path may say beside it. */
interface PathOptions extends RequestOptions {
  /** Appended to the path, encoded. */
  readonly query?: Query;
}

/** What a call for the head of an answer may say. */
export type HeadOptions = IdentityChoice & PathOptions;

/** What a call may say. */
export type CallOptions<T> = IdentityChoice &
  PathOptions & {
    /** What the answer must look like; what is not in it does not come through. Without one it is any JSON, or nothing. */
    readonly schema?: Schema<T>;
  };

/** What a call that changes something may say. */
export type WriteOptions<T> = CallOptions<T> & {
  /** Sent as JSON; `undefined` sends no body. */
  readonly body?: unknown;
  /** Sent as `Idempotency-Key`: by it the upstream recognises a call that it has carried out already. */
  readonly idempotencyKey?: string;
};
