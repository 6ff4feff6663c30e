import { setTimeout as pause } from 'node:timers/promises';
import { describeWithRedis, RealRedis } from 'guichet/testing';
import { Redis } from 'ioredis';
import { as, type Bff, startBff } from '../support/bff.js';
import { type Answer, request } from '../support/http.js';
import { startAllServices } from '../support/services.js';
import { until } from '../support/until.js';

/** Requests at once on two replicas; `LONG=1` for the full form. */
const REQUESTS = process.env['LONG'] ? 10_000 : 2_000;
const IN_FLIGHT = 200;
/** What the mobile search page costs. */
const MINUTE_MS = 60_000;

let upstreamsFile: string;

beforeAll(async () => {
  ({ upstreamsFile } = await startAllServices());
});

const start = (env: Record<string, string>): Promise<Bff> =>
  startBff('mobile', { DISCOVERY: 'static', UPSTREAMS_FILE: upstreamsFile, ...env });

/** A page that is refused early: it costs limits and no upstream. */
const PATH = '/pages/films/0';

/** How many requests a limit of `units` admits, as one at a time shows it. */
function costIn(answer: Answer, units: number): number {
  const left = Number(/"address";r=(\d+)/.exec(String(answer.headers['ratelimit']))![1]);
  return units - left;
}

describe('one bucket', () => {
  it('holds all that one address sends, whatever it says of itself', async () => {
    const mobile = await start({ THROTTLE_LIMITS: `address=1000/${MINUTE_MS},principal=100000/${MINUTE_MS}` });
    const cost = costIn(await request(mobile.url + PATH), 1_000);
    const more = Math.floor((1_000 - cost) / cost);
    for (let n = 0; n < more; n++) {
      const address = `203.0.113.${n % 250}`;
      const headers = {
        'X-Forwarded-For': `${address}, 198.51.100.${n % 250}`,
        Forwarded: `for=${address};proto=https`,
        'X-Real-IP': address,
        'True-Client-IP': address,
        'CF-Connecting-IP': address,
      };
      expect((await request(mobile.url + PATH, { headers })).status).toBe(400);
    }
    const refused = await request(mobile.url + PATH, { headers: { 'X-Forwarded-For': '192.0.2.1' } });
    expect(refused.status).toBe(429);
    expect(refused.headers).toMatchObject({
      'content-type': expect.stringMatching(/^application\/problem\+json/) as string,
      'retry-after': expect.stringMatching(/^\d+$/) as string,
      ratelimit: expect.stringContaining('"address";r=') as string,
      'ratelimit-policy': expect.stringContaining('"address";q=1000;w=60') as string,
    });
    // Orchestrators are never refused.
    expect((await request(`${mobile.url}/health/live`)).status).toBe(200);
  });

  it('is each client’s own behind a proxy that is trusted, and only the proxy’s word counts', async () => {
    const limits = `address=100/${MINUTE_MS},principal=100000/${MINUTE_MS}`;
    const mobile = await start({ TRUSTED_PROXIES: '1', THROTTLE_LIMITS: limits });
    const from = (address: string) =>
      request(mobile.url + PATH, { headers: { 'X-Forwarded-For': `192.0.2.9, ${address}` } });
    const cost = costIn(await from('203.0.113.1'), 100);
    for (let spent = cost; spent + cost <= 100; spent += cost) await from('203.0.113.1');
    expect((await from('203.0.113.1')).status).toBe(429);
    expect((await from('203.0.113.2')).status).toBe(400);
  });

  it('counts an IPv6 network of /64 as one, and mapped IPv4 as IPv4', async () => {
    const limits = `address=1000/${MINUTE_MS},principal=100000/${MINUTE_MS}`;
    const mobile = await start({ TRUSTED_PROXIES: '1', THROTTLE_LIMITS: limits });
    const left = async (address: string) => {
      const { headers } = await request(mobile.url + PATH, { headers: { 'X-Forwarded-For': address } });
      return Number(/r=(\d+)/.exec(String(headers['ratelimit']))![1]);
    };
    const first = await left('2001:db8:1:2::1');
    expect(await left('2001:db8:1:2:ffff::9')).toBeLessThan(first);
    expect(await left('2001:db8:1:3::1')).toBe(first);
    await left('203.0.113.7');
    expect(await left('::ffff:203.0.113.7')).toBeLessThan(first);
  });

  it('is each principal’s own, whatever address they come from', async () => {
    const limits = `address=100000/${MINUTE_MS},principal=100/${MINUTE_MS}`;
    const mobile = await start({ THROTTLE_LIMITS: limits });
    const ask = async (customer: string) => request(`${mobile.url}/pages/account`, { headers: await as(customer) });
    let last = await ask('c3');
    for (let n = 0; n < 100 && last.status === 200; n++) last = await ask('c3');
    expect(last.status).toBe(429);
    expect((await ask('c4')).status).toBe(200);
  });
});

it('TRUSTED_PROXIES=true ends the boot', async () => {
  await expect(start({ TRUSTED_PROXIES: 'true' })).rejects.toThrow(
    /code 78[^]*TRUSTED_PROXIES[^]*believe every client/,
  );
});

describeWithRedis('two replicas on one Redis', () => {
  let redis: RealRedis;
  let replicas: Bff[];
  const UNITS = 3_000;

  beforeAll(async () => {
    redis = await new RealRedis().start();
    const env = {
      REDIS_URL: redis.url,
      TRUSTED_PROXIES: '1',
      THROTTLE_LIMITS: `address=${UNITS}/${10 * MINUTE_MS},principal=1000000/${MINUTE_MS}`,
    };
    replicas = await Promise.all([start(env), start(env)]);
  });
  afterAll(() => redis.stop());

  const from = (address: string, n: number): Promise<Answer> =>
    request(replicas[n % 2]!.url + PATH, { headers: { 'X-Forwarded-For': address } });

  /** Waits until both replicas count in Redis: one that was slow for a moment counts for itself for half a second. */
  async function settled(address: string): Promise<number> {
    let cost = 0;
    await until('both replicas count together', async () => {
      await pause(600);
      const [first, second] = [await from(`${address}.1`, 0), await from(`${address}.1`, 1)];
      const left = [first, second].map(answer => Number(/r=(\d+)/.exec(String(answer.headers['ratelimit']))![1]));
      cost = left[0]! - left[1]!;
      return cost > 0;
    });
    return cost;
  }

  it(`admit of ${REQUESTS} requests at once exactly the limit`, async () => {
    const cost = await settled('198.51.100');
    const statuses: number[] = [];
    let next = 0;
    const client = async (): Promise<void> => {
      while (next < REQUESTS) statuses.push((await from('203.0.113.50', next++)).status);
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, client));
    const admitted = statuses.filter(status => status !== 429).length;
    expect(statuses).toHaveLength(REQUESTS);
    // A replica that waits longer than 40 ms for Redis counts for itself: on a machine that busy the count says nothing.
    const gone = replicas.some(({ program }) => /Redis does not count/.test(program.stdout + program.stderr));
    if (gone) expect(admitted).toBeLessThanOrEqual(3 * Math.floor(UNITS / cost));
    else expect(admitted).toBe(Math.floor(UNITS / cost));
  }, 120_000);

  it('say so when Redis forgets in mid-window, and admit one more limit at most', async () => {
    await settled('198.51.101');
    const admin = new Redis(redis.url);
    await admin.flushall();
    admin.disconnect();
    const answer = await from('203.0.113.60', 0);
    expect(answer.status).toBe(400);
    await until('it is in the log', () =>
      Promise.resolve(
        replicas.some(({ program }) => (program.stdout + program.stderr).includes('Redis lost its data')),
      ),
    );
  });

  it('go on while Redis is silent, each for itself', async () => {
    await settled('198.51.102');
    redis.pause();
    try {
      for (let n = 0; n < 10; n++) expect((await from('203.0.113.70', n)).status).toBe(400);
    } finally {
      redis.resume();
    }
    await settled('198.51.103');
  });
});
