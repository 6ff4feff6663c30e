import type { CallContext, RequestContext } from 'guichet/kernel';
import type { CallHandle, CallSink, UpstreamCall } from '../upstream-call.js';
import type { UpstreamClient } from '../upstream-client.js';
import { Gathering, type GatheringOptions } from './gathering.js';

/** How calls for single keys become few calls for many. */
export interface BatchOptions<C extends UpstreamClient, K, A, V> {
  /** Makes the one call for several keys: through the client it is given, which has the context that all keys share. */
  readonly load: (client: C, keys: readonly K[]) => UpstreamCall<A>;
  /**
   * @param index  of the key among those that were asked for
   * @returns the value of one key; undefined where the answer has none
   */
  readonly pick: (answer: A, key: K, index: number) => V | undefined;
  /** What tells keys apart: themselves, where they are text or numbers. */
  readonly keyOf?: (key: K) => string | number;
  /** Keys of one call at most; 100 if left out. */
  readonly maxKeys?: number;
  /** Calls of one client's request under way at once at most; 4 if left out. */
  readonly maxConcurrent?: number;
}

/** See {@link batch}. */
export class Batch<C extends UpstreamClient, K, V> {
  // By the client's request: who asks, and as whom, is one and the same in it.
  private readonly gatherings = new WeakMap<RequestContext, Gathering<K, unknown, V | undefined>>();

  constructor(private readonly options: BatchOptions<C, K, unknown, V>) {
    const { maxKeys = 1, maxConcurrent = 1 } = options;
    if (!(maxKeys >= 1 && maxConcurrent >= 1)) throw new RangeError('maxKeys and maxConcurrent must be at least 1');
  }

  /**
   * @returns what tells the key from others
   * @throws TypeError  if nothing does, a mistake in the client's code
   */
  idOf(key: K): string | number {
    return (this.options.keyOf ?? itself)(key);
  }

  /** Adds a key to those that are asked for together. */
  add(client: C, id: string | number, key: K, context: CallContext, sink: CallSink<V | undefined>): CallHandle {
    let gathering = this.gatherings.get(context.request);
    if (gathering === undefined) this.gatherings.set(context.request, (gathering = this.gather(client)));
    return gathering.add(id, key, context, sink);
  }

  private gather(client: C): Gathering<K, unknown, V | undefined> {
    const { load, pick, maxKeys = 100, maxConcurrent = 4 } = this.options;
    const options: GatheringOptions<K, unknown, V | undefined> = {
      load: (context, keys) => load(client.in(context), keys),
      pick,
      maxKeys,
      maxConcurrent,
    };
    return new Gathering(options);
  }
}

/**
 * Says how calls for single keys become one: for services that answer many keys at once, against pages that would call once for
 * each. Keys that a client's request asks for within a tick go together, each once, under the earliest of their deadlines.
 * ```ts
 * const filmsById = batch({
 *   load: (client: CatalogClient, ids: readonly string[]) => client.films(ids),
 *   pick: (films, id) => films.find(film => film.id === id),
 * });
 *
 * film(id: string) { return this.one(filmsById, id); }
 * ```
 */
export function batch<C extends UpstreamClient, K, A, V>(options: BatchOptions<C, K, A, V>): Batch<C, K, V> {
  return new Batch<C, K, V>(options as BatchOptions<C, K, unknown, V>);
}

function itself(key: unknown): string | number {
  if (typeof key === 'string' || typeof key === 'number') return key;
  throw new TypeError('a batch whose keys are neither text nor numbers needs keyOf');
}
