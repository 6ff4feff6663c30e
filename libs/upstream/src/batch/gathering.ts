import type { CallContext } from 'guichet/kernel';
import { freezeValue } from '../freeze-value.js';
import type { CallHandle, CallSink, UpstreamCall } from '../upstream-call.js';

/** How keys become one call and its answer becomes values. */
export interface GatheringOptions<K, A, V> {
  /** Makes the call for several keys, in the context that all of them share. */
  readonly load: (context: CallContext, keys: readonly K[]) => UpstreamCall<A>;
  /** @returns what one key gets; it may throw what that key's call fails with */
  readonly pick: (answer: A, key: K, index: number) => V;
  /** Keys of one call at most. */
  readonly maxKeys: number;
  /** Calls under way at once at most; the others wait. */
  readonly maxConcurrent: number;
}

/** One key of a call, and all who want it. */
interface Slot<K, V> {
  readonly key: K;
  readonly waiters: Set<Waiter<V>>;
  chunk: Chunk<K, V> | undefined;
}

/** Keys that go into one call. */
interface Chunk<K, V> {
  slots: Slot<K, V>[];
  handle: CallHandle | undefined;
  isOpen: boolean;
}

interface Waiter<V> {
  readonly sink: CallSink<V>;
  readonly context: CallContext;
}

/**
 * Gathers the keys that one client's request asks for within a tick, and asks for them together, each once. It lives as long as
 * the request: nothing of one request ever stands in the call of another.
 */
export class Gathering<K, A, V> {
  private slots = new Map<string | number, Slot<K, V>>();
  private readonly queue: Chunk<K, V>[] = [];
  private underWay = 0;

  constructor(private readonly options: GatheringOptions<K, A, V>) {}

  /** @param id  tells the key from others */
  add(id: string | number, key: K, context: CallContext, sink: CallSink<V>): CallHandle {
    const waiter: Waiter<V> = { sink, context };
    let slot = this.slots.get(id);
    if (slot === undefined) {
      // After everything that is done by now, so that what several sections ask comes together.
      if (this.slots.size === 0) queueMicrotask(() => process.nextTick(() => this.flush()));
      slot = { key, waiters: new Set(), chunk: undefined };
      this.slots.set(id, slot);
    }
    slot.waiters.add(waiter);
    return { cancel: () => this.leave(slot, waiter) };
  }

  private flush(): void {
    const slots = [...this.slots.values()];
    this.slots = new Map();
    const { maxKeys } = this.options;
    for (let at = 0; at < slots.length; at += maxKeys) {
      const chunk: Chunk<K, V> = { slots: slots.slice(at, at + maxKeys), handle: undefined, isOpen: true };
      for (const slot of chunk.slots) slot.chunk = chunk;
      this.queue.push(chunk);
    }
    this.pump();
  }

  private pump(): void {
    while (this.underWay < this.options.maxConcurrent) {
      const chunk = this.queue.shift();
      if (chunk === undefined) return;
      chunk.slots = chunk.slots.filter(({ waiters }) => waiters.size > 0);
      if (chunk.slots.length > 0) this.start(chunk);
    }
  }

  private start(chunk: Chunk<K, V>): void {
    this.underWay++;
    const ended = (tell: () => void): void => {
      if (!chunk.isOpen) return;
      this.close(chunk);
      tell();
      this.pump();
    };
    let handle: CallHandle;
    try {
      const call = this.options.load(
        sharedContext(chunk.slots),
        chunk.slots.map(({ key }) => key),
      );
      handle = call.start({
        succeed: answer => ended(() => this.distribute(chunk, answer)),
        fail: error => ended(() => this.fail(chunk.slots, error)),
      });
    } catch (error) {
      // A mistake in how the call is made: everybody's who wanted it.
      ended(() => this.fail(chunk.slots, error));
      return;
    }
    chunk.handle = handle;
    // Either may have happened while the call was started: it ended, or everybody left.
    if (!chunk.isOpen) handle.cancel();
    else this.leaveDeserted(chunk);
  }

  private distribute({ slots }: Chunk<K, V>, answer: A): void {
    for (const [index, slot] of slots.entries()) {
      if (slot.waiters.size === 0) continue;
      let value: V;
      try {
        value = this.options.pick(answer, slot.key, index);
      } catch (error) {
        this.fail([slot], error);
        continue;
      }
      // One caller's change must not show at another's.
      if (slot.waiters.size > 1) freezeValue(value);
      for (const { sink } of taken(slot)) sink.succeed(value);
    }
  }

  private fail(slots: readonly Slot<K, V>[], error: unknown): void {
    for (const slot of slots) for (const { sink } of taken(slot)) sink.fail(error);
  }

  private leave(slot: Slot<K, V>, waiter: Waiter<V>): void {
    if (!slot.waiters.delete(waiter)) return;
    if (slot.chunk !== undefined) this.leaveDeserted(slot.chunk);
  }

  /** Ends a call of which nobody wants a key any more. */
  private leaveDeserted(chunk: Chunk<K, V>): void {
    if (!chunk.isOpen || chunk.handle === undefined || chunk.slots.some(({ waiters }) => waiters.size > 0)) return;
    this.close(chunk);
    chunk.handle.cancel();
    this.pump();
  }

  private close(chunk: Chunk<K, V>): void {
    chunk.isOpen = false;
    this.underWay--;
  }
}

/** Who waits, for the last time: one that is told may make others leave, and they must not be told then. */
function* taken<K, V>({ waiters }: Slot<K, V>): Generator<Waiter<V>> {
  for (const waiter of waiters) {
    waiters.delete(waiter);
    yield waiter;
  }
}

/** The client's request, and the earliest of all deadlines: a late answer would serve somebody no more. */
function sharedContext<K, V>(slots: readonly Slot<K, V>[]): CallContext {
  const contexts = slots.flatMap(({ waiters }) => [...waiters].map(({ context }) => context));
  const [{ request, trace }] = contexts as [CallContext, ...CallContext[]];
  return { request, trace, deadlineAt: Math.min(...contexts.map(({ deadlineAt }) => deadlineAt)) };
}
