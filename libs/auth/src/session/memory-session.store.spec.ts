import { ManualClock } from 'guichet/testing';
import { MemorySessionStore } from './memory-session.store.js';
import { newId } from './session-id.js';
import { sessionOf, sessionStoreContract } from './session-store.contract.js';

describe('MemorySessionStore', () => {
  sessionStoreContract(async () => {
    const clock = new ManualClock();
    const store = new MemorySessionStore(clock);
    return { replicas: [store, store], pass: async ms => clock.advance(ms), close: () => store.close() };
  });

  it('holds no more than it may, and logs out who was away longest', () => {
    const store = new MemorySessionStore(new ManualClock(), 3);
    const ids = [newId(), newId(), newId()];
    for (const id of ids) store.create(id, sessionOf('x'), { idleMs: 1_000, absoluteMs: 1_000 });
    store.read(ids[0]!, true);
    store.create(newId(), sessionOf('x'), { idleMs: 1_000, absoluteMs: 1_000 });
    expect(ids.map(id => store.read(id, false) !== undefined)).toEqual([true, false, true]);
  });
});
