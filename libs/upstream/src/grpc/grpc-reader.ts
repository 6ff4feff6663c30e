import type { GrpcMethod } from './grpc-method.js';

/** How the answer of a gRPC call is read: the `reader` of its request. */
export interface GrpcReader {
  readonly method: GrpcMethod;
  /** The one message, a list of all, or each as it comes. */
  readonly mode: 'one' | 'all' | 'each';
  /** Messages beyond which the answer is too large. */
  readonly maxMessages: number;
  /** Messages after which the rest is let go. */
  readonly take: number;
  /** Takes each message as it comes. */
  readonly each?: (message: unknown) => void;
}

/** Numbers stand in the client's code; did they not, this bounds what is kept. */
const MAX_READERS = 100;

/** The readers of one method: calls that are read alike have the same. */
export class GrpcReaders {
  readonly one: GrpcReader;
  readonly first: GrpcReader;
  private readonly lists = new Map<string, GrpcReader>();

  constructor(readonly method: GrpcMethod) {
    this.one = { method, mode: 'one', maxMessages: 1, take: Infinity };
    this.first = { method, mode: 'one', maxMessages: Infinity, take: 1 };
  }

  list(maxMessages: number, take: number): GrpcReader {
    const key = `${maxMessages} ${take}`;
    const known = this.lists.get(key);
    if (known !== undefined) return known;
    const reader: GrpcReader = { method: this.method, mode: 'all', maxMessages, take };
    if (this.lists.size < MAX_READERS) this.lists.set(key, reader);
    return reader;
  }

  each(take: (message: unknown) => void): GrpcReader {
    return { method: this.method, mode: 'each', maxMessages: Infinity, take: Infinity, each: take };
  }
}
