import { ManualClock } from 'guichet/testing';
import { limitStoreContract } from './limit-store.contract.js';
import { MemoryLimitStore } from './memory-limit.store.js';

describe('MemoryLimitStore', () => {
  describe('as every limit store', () => {
    limitStoreContract(async () => {
      const clock = new ManualClock();
      const store = new MemoryLimitStore(clock);
      return { replicas: [store, store], pass: async ms => clock.advance(ms), close: () => store.close() };
    });
  });

  const limit = { limit: 2, windowMs: 1_000, blockMs: 0 };

  it('never holds more keys than it may', () => {
    const store = new MemoryLimitStore(new ManualClock(), 100);
    for (let n = 0; n < 10_000; n++) store.hit(`key-${n}`, 1, limit);
    expect(store.size).toBe(100);
    expect(store.hit('key-9999', 1, limit).spent).toBe(2);
  });

  it('forgets what has expired while others come', () => {
    const clock = new ManualClock();
    const store = new MemoryLimitStore(clock);
    for (let n = 0; n < 1_000; n++) store.hit(`old-${n}`, 1, limit);
    clock.advance(2_000);
    for (let n = 0; n < 500; n++) store.hit(`new-${n}`, 1, limit);
    expect(store.size).toBe(500);
  });
});
