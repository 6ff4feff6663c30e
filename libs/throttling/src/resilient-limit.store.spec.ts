import { ManualClock } from 'guichet/testing';
import { type Hit, type Limit, LimitStore } from './limit-store.js';
import { LimitsUnavailable } from './limits-unavailable.js';
import { MemoryLimitStore } from './memory-limit.store.js';
import { ResilientLimitStore } from './resilient-limit.store.js';

/** A shared store whose failure is a switch. */
class SwitchedStore extends LimitStore {
  fails = false;
  asked = 0;
  private readonly store: MemoryLimitStore;

  constructor(clock: ManualClock) {
    super();
    this.store = new MemoryLimitStore(clock);
  }

  override async hit(key: string, cost: number, limit: Limit): Promise<Hit> {
    this.asked++;
    if (this.fails) throw new Error('gone');
    return this.store.hit(key, cost, limit);
  }

  override async close(): Promise<void> {}
}

const limit = { limit: 3, windowMs: 60_000, blockMs: 0 };

function start(whenFails: 'open' | 'closed') {
  const clock = new ManualClock();
  const shared = new SwitchedStore(clock);
  const changes: (string | undefined)[] = [];
  const store = new ResilientLimitStore(
    shared,
    whenFails,
    failure => changes.push((failure as Error | undefined)?.message),
    clock,
  );
  return { clock, shared, changes, store };
}

describe('ResilientLimitStore', () => {
  it('counts locally while the shared store fails, with the same limit', async () => {
    const { shared, store } = start('open');
    shared.fails = true;
    const hits = [];
    for (let n = 0; n < 5; n++) hits.push(await store.hit('a', 1, limit));
    expect(hits.map(hit => hit.admitted)).toEqual([true, true, true, false, false]);
  });

  it('refuses with 503 while it fails, when closed', async () => {
    const { shared, store } = start('closed');
    shared.fails = true;
    await expect(store.hit('a', 1, limit)).rejects.toBeInstanceOf(LimitsUnavailable);
    await expect(async () => store.hit('a', 1, limit)).rejects.toMatchObject({ status: 503 });
  });

  it('asks a failed store once in half a second, and not more', async () => {
    const { clock, shared, store } = start('open');
    shared.fails = true;
    await store.hit('a', 1, limit);
    for (let n = 0; n < 100; n++) await store.hit('a', 1, limit);
    expect(shared.asked).toBe(1);
    clock.advance(500);
    await Promise.all(Array.from({ length: 100 }, () => store.hit('a', 1, limit)));
    expect(shared.asked).toBe(2);
  });

  it('goes back to the shared store when it answers again, and says both once', async () => {
    const { clock, shared, store, changes } = start('open');
    shared.fails = true;
    await store.hit('a', 1, limit);
    await store.hit('a', 1, limit);
    shared.fails = false;
    clock.advance(500);
    await store.hit('a', 1, limit);
    await store.hit('a', 1, limit);
    expect(shared.asked).toBe(3);
    expect(changes).toEqual(['gone', undefined]);
  });
});
