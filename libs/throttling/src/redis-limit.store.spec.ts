import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describeWithRedis, RealRedis } from 'guichet/testing';
import { limitStoreContract } from './limit-store.contract.js';
import { LimitsUnavailable } from './limits-unavailable.js';
import { RedisLimitStore } from './redis-limit.store.js';
import { ResilientLimitStore, type WhenStoreFails } from './resilient-limit.store.js';

const limit = { limit: 5, windowMs: 60_000, blockMs: 0 };

describeWithRedis('RedisLimitStore', () => {
  let redis: RealRedis;
  let admin: Redis;
  let run = 0;
  const open: { close(): Promise<void> }[] = [];
  let losses = 0;

  beforeAll(async () => {
    redis = await new RealRedis().start();
    admin = new Redis(redis.url);
  });
  afterAll(async () => {
    admin.disconnect();
    await redis.stop();
  });
  beforeEach(() => {
    run++;
    losses = 0;
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map(store => store.close()));
  });

  /** A store of this test's own keys, connected. */
  async function connected(commandTimeoutMs = 2_000): Promise<RedisLimitStore> {
    const store = new RedisLimitStore({
      url: redis.url,
      prefix: `test-${run}`,
      commandTimeoutMs,
      onDataLost: () => losses++,
    });
    open.push(store);
    for (;;) {
      const isThere = await store.hit('connect', 1, limit).then(
        () => true,
        () => false,
      );
      if (isThere) return store;
      await pause(5);
    }
  }

  describe('as every limit store', () => {
    limitStoreContract(async () => {
      const replicas = [await connected(), await connected()] as const;
      return { replicas, pass: ms => pause(ms), close: async () => {} };
    });
  });

  it('says that Redis lost its data, and admits one more limit and no more', async () => {
    const store = await connected();
    for (let n = 0; n < 5; n++) await store.hit('a', 1, limit);
    await admin.flushall();
    const admitted = [];
    for (let n = 0; n < 20; n++) admitted.push((await store.hit('a', 1, limit)).admitted);
    expect(admitted.filter(Boolean)).toHaveLength(5);
    expect(losses).toBe(1);
  });

  it('leaves nothing behind for good', async () => {
    const store = await connected();
    await store.hit('a', 1, { ...limit, windowMs: 200 });
    const [key] = await admin.keys(`test-${run}:a*`);
    expect(await admin.pttl(key!)).toBeGreaterThan(0);
    expect(await admin.pttl(key!)).toBeLessThanOrEqual(1_000);
  });

  describe('behind ResilientLimitStore', () => {
    const said: string[] = [];
    beforeEach(() => said.splice(0));

    async function resilient(when: WhenStoreFails): Promise<ResilientLimitStore> {
      const store = new ResilientLimitStore(await connected(40), when, failure =>
        said.push(failure === undefined ? 'back' : 'gone'),
      );
      open.push(store);
      // A busy machine may have been slow for one hit: begin with an answer.
      await pause(600);
      await store.hit('warm', 1, limit);
      said.splice(0);
      return store;
    }

    /** Whether all of many hits were answered, and how many stood in line for Redis' time-out. */
    async function hits(store: ResilientLimitStore, count: number): Promise<boolean[]> {
      const admitted: boolean[] = [];
      for (let n = 0; n < count; n++) admitted.push((await store.hit('x', 1, limit)).admitted);
      return admitted;
    }

    async function untilBack(store: ResilientLimitStore): Promise<void> {
      for (const until = Date.now() + 5_000; Date.now() < until && said.at(-1) !== 'back'; await pause(20))
        await store.hit('back', 1, { ...limit, limit: 1e6 });
      expect(said).toEqual(['gone', 'back']);
    }

    const faults: [string, () => Promise<unknown>, () => Promise<unknown>][] = [
      ['answers nothing', async () => redis.pause(), async () => redis.resume()],
      ['is read-only', () => admin.replicaof('127.0.0.1', '1'), () => admin.replicaof('NO', 'ONE')],
      ['is full', () => admin.config('SET', 'maxmemory', '1'), () => admin.config('SET', 'maxmemory', '0')],
    ];

    it.each(faults)('counts for itself while Redis %s, and with it once it is well', async (_, strike, heal) => {
      const store = await resilient('open');
      await strike();
      try {
        const admitted = await hits(store, 20);
        expect(admitted.filter(Boolean)).toHaveLength(5);
        expect(said).toEqual(['gone']);
      } finally {
        await heal();
      }
      await untilBack(store);
    });

    it('refuses while Redis is gone, where it is to: 503, not 429', async () => {
      const store = await resilient('closed');
      redis.pause();
      try {
        await expect(store.hit('x', 1, limit)).rejects.toThrow(LimitsUnavailable);
        expect(() => store.hit('x', 1, limit)).toThrow(LimitsUnavailable);
      } finally {
        redis.resume();
      }
    });
  });
});
