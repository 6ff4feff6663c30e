import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ConsulKey, type KeyValue } from './consul-key.js';
import { consulOptions } from './consul.options.js';
import { describeWithConsul, measured, RealConsul } from './real-consul.test-rig.js';

async function until(what: string, holds: () => boolean): Promise<void> {
  const endsAt = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > endsAt) throw new Error(`never: ${what}`);
    await pause(2);
  }
}

jest.setTimeout(30_000);

describeWithConsul('ConsulKey', () => {
  const consul = new RealConsul();
  const following: ConsulKey[] = [];

  beforeAll(() => consul.start());
  afterEach(async () => void (await Promise.all(following.splice(0).map(key => key.close()))));
  afterAll(() => consul.stop());

  const put = (key: string, text: string): Promise<unknown> =>
    fetch(`http://${consul.address}/v1/kv/${key}`, { method: 'PUT', body: text });

  function follow(key = `guichet/app-${randomUUID()}/configuration`) {
    const told: string[] = [];
    const values: (KeyValue | undefined)[] = [];
    const followed = new ConsulKey({
      consul: consulOptions.parse({ address: consul.address }),
      key,
      onValue: value => {
        values.push(value);
        told.push(value === undefined ? 'no key' : value.bytes.toString());
      },
      onFailure: reason => void told.push(`failed: ${reason}`),
    });
    following.push(followed);
    return { key, followed, told, values };
  }

  it('tells what there is at once, and every change, with Consul’s index', async () => {
    const { key, followed, told, values } = follow();
    followed.follow();
    await until('nothing', () => told.at(-1) === 'no key');
    const startedAt = performance.now();
    await put(key, '{"é":1}');
    await until('a value', () => told.at(-1) === '{"é":1}');
    measured('a write reaches who follows the key', performance.now() - startedAt);
    await put(key, '');
    await until('an empty one', () => told.at(-1) === '');
    const [first, second] = values.slice(-2).map(value => Number(value!.index));
    expect(second).toBeGreaterThan(first!);
    await consul.call('DELETE', `kv/${key}`);
    await until('nothing again', () => told.at(-1) === 'no key');
    expect(told.filter(text => text.startsWith('failed'))).toEqual([]);
  });

  it('asks for what changes twenty times a second about once a second, and comes to the last of it', async () => {
    const { key, followed, told } = follow();
    followed.follow();
    const startedAt = performance.now();
    for (let n = 0; n < 60; n++) {
      await put(key, String(n));
      await pause(Math.max(0, startedAt + n * 50 - performance.now()));
    }
    await until('the last', () => told.at(-1) === '59');
    expect(told.length).toBeLessThanOrEqual(4 + (performance.now() - startedAt) / 1_000 + 1);
  });

  it('says that Consul is away, and goes on when it is back and knows nothing any more', async () => {
    const { key, followed, told } = follow();
    await put(key, 'before');
    followed.follow();
    await until('a value', () => told.at(-1) === 'before');
    const port = await consul.kill();
    await until('a failure', () => told.at(-1)!.startsWith('failed'));
    await consul.start(port);
    await until('nothing', () => told.at(-1) === 'no key');
    await put(key, 'after');
    await until('a value again', () => told.at(-1) === 'after');
    expect(told.filter(text => !text.startsWith('failed'))).toEqual(['before', 'no key', 'after']);
  });

  it('writes and removes beside it', async () => {
    const { followed } = follow();
    const key = 'guichet/web/status/web-[::1]:3000';
    await followed.write(key, '{"ü":1}');
    const path = `kv/${encodeURIComponent(key)}`;
    const [entry] = (await consul.call('GET', path)) as { Key: string; Value: string }[];
    expect([entry!.Key, Buffer.from(entry!.Value, 'base64').toString()]).toEqual([key, '{"ü":1}']);
    await followed.remove(key);
    await expect(consul.call('GET', path)).rejects.toThrow('404');
  });
});
