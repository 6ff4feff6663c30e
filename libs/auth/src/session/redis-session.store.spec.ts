import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { RealRedis, describeWithRedis } from 'guichet/testing';
import { RedisSessionStore } from './redis-session.store.js';
import { newId } from './session-id.js';
import { sessionOf, sessionStoreContract } from './session-store.contract.js';
import { SessionsUnavailable } from './sessions-unavailable.js';

describeWithRedis('RedisSessionStore', () => {
  const server = new RealRedis();
  beforeAll(() => server.start());
  afterAll(() => server.stop());
  const open = () => new RedisSessionStore({ url: server.url, prefix: 'test', commandTimeoutMs: 1_000 });

  sessionStoreContract(async () => {
    const replicas = [open(), open()] as const;
    const close = async (): Promise<void> => {
      const redis = new Redis(server.url);
      await redis.flushall();
      redis.disconnect();
      await Promise.all(replicas.map(store => store.close()));
    };
    // Redis' own clock cannot be moved: its time is waited for.
    return { replicas, pass: ms => sleep(ms), close };
  });

  it('keeps neither the id nor a token nor a name where Redis could read it', async () => {
    const store = open();
    const redis = new Redis(server.url);
    const id = newId();
    await store.create(id, sessionOf('ann'), { idleMs: 60_000, absoluteMs: 60_000 });
    const dump: string[] = [];
    for (const key of await redis.keys('*')) {
      dump.push(key);
      const type = await redis.type(key);
      if (type === 'hash') dump.push(JSON.stringify(await redis.hgetall(key)));
      else if (type === 'zset') dump.push(JSON.stringify(await redis.zrange(key, '0', '-1')));
    }
    expect(dump.length).toBeGreaterThan(3);
    for (const secret of [id, 'ann', 'access-', 'refresh-', 'Ü']) expect(dump.join('\n')).not.toContain(secret);
    await store.close();
    redis.disconnect();
  });

  it('holds nothing for ever: every key ends', async () => {
    const store = open();
    const redis = new Redis(server.url);
    await store.create(newId(), sessionOf('ann'), { idleMs: 60_000, absoluteMs: 60_000 });
    await store.once('name', 1_000);
    await store.lease(newId(), 'h', 1_000);
    const lives = await Promise.all((await redis.keys('*')).map(key => redis.pttl(key)));
    expect(lives.length).toBeGreaterThanOrEqual(5);
    expect(lives.every(ms => ms > 0 && ms <= 60_000)).toBe(true);
    await store.close();
    redis.disconnect();
  });

  it('keeps the process hardly any longer, once closed, though Redis is gone', async () => {
    const store = new RedisSessionStore({ url: 'redis://127.0.0.1:1', prefix: 'test', commandTimeoutMs: 100 });
    await expect(store.read(newId(), true)).rejects.toBeInstanceOf(SessionsUnavailable);
    const timers = jest.spyOn(globalThis, 'setTimeout');
    try {
      await store.close();
      expect(timers.mock.calls.map(([, ms]) => ms)).toEqual([250]);
    } finally {
      timers.mockRestore();
    }
  });

  it('says that it cannot tell, when Redis is gone', async () => {
    const store = new RedisSessionStore({ url: 'redis://127.0.0.1:1', prefix: 'test', commandTimeoutMs: 100 });
    await expect(store.read(newId(), true)).rejects.toBeInstanceOf(SessionsUnavailable);
    expect([store.failures, store.isUp]).toEqual([1, false]);
    await store.close();
  });
});
