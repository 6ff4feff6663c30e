/**
 * Replicas are ended under load and started again. `SIGTERMS` (3): how often; `REQUESTS` (1500): how many requests at the least;
 * `LOAD_PER_SECOND` (100); `READINESS_MS` (500): between two checks. The full form is `npm run test:drain`.
 */
import { describeWithRedis, freePort, RealRedis } from 'guichet/testing';
import { BffUnderTest } from './faults/rig/bff-under-test.js';
import { EchoInstance } from './faults/rig/echo-instance.js';
import { Consul, describeWithConsul } from './support/consul.js';
import { describeWithHaproxy, Haproxy } from './support/haproxy.js';
import { Load } from './support/load.js';
import { measured, quantile } from './support/measured.js';
import type { ProgramOptions } from './support/program.js';
import { Replica } from './support/replica.js';
import { until } from './support/until.js';

const sigterms = Number(process.env['SIGTERMS'] ?? 3);
const requests = Number(process.env['REQUESTS'] ?? 1_500);
const perSecond = Number(process.env['LOAD_PER_SECOND'] ?? 100);
const check = { periodMs: Number(process.env['READINESS_MS'] ?? 500), failures: 2 };

/** A machine that is busy with other things makes apps turn requests away; that is not what is looked for here. */
const NOT_SHED = { SHEDDING: 'off' };

/** What the framework allows itself by default, and Kubernetes allows it. */
const BUDGET_MS = 30_000;

jest.setTimeout(sigterms * 60_000 + 60_000);

describeWithConsul('two replicas', () => {
  let consul: Consul;
  let env: ProgramOptions['env'];

  beforeAll(async () => {
    consul = await Consul.start();
    await Promise.all(Array.from({ length: 2 }, () => EchoInstance.start('alpha', { consul })));
  });
  afterAll(() => consul?.kill());

  describeWithRedis('with real Consul and Redis', () => {
    const redis = new RealRedis();
    const replicas: Replica[] = [];
    let ports: number[];
    let load: Load | undefined;

    beforeAll(async () => {
      await redis.start();
      ports = [await freePort(), await freePort()];
      env = {
        DISCOVERY: 'consul',
        CONSUL_HTTP_ADDR: consul.address,
        REDIS_URL: redis.url,
        THROTTLE_LIMITS: 'address=1000000000/1000,principal=1000000000/1000',
        ...NOT_SHED,
        READINESS_PERIOD_MS: String(check.periodMs),
        READINESS_FAILURES: String(check.failures),
      };
      for (const port of ports) replicas.push(await start(port));
    });
    afterEach(async () => {
      await load?.end();
    });
    afterAll(() => redis.stop());

    async function start(port: number, more: ProgramOptions['env'] = {}): Promise<Replica> {
      const replica = await Replica.start({ ...env, PORT: String(port), ...more });
      await replica.untilReady();
      return replica;
    }

    /** Ends each in turn, and starts it again where it was; the load goes on all the time. */
    async function roll(isTaken: (port: number) => Promise<boolean>, under: Load): Promise<void> {
      const endings: { code: number | null; tookMs: number }[] = [];
      for (let turn = 0; turn < sigterms; turn++) {
        const index = turn % replicas.length;
        const { code, tookMs } = await replicas[index]!.end();
        endings.push({ code, tookMs });
        replicas[index] = await start(ports[index]!);
        await until('it takes requests again', () => isTaken(ports[index]!), { limitMs: 20_000 });
      }
      await under.reaches((requests / perSecond) * 1_000);
      const { sent, failed, troubles, byStatus } = await under.end();
      const tookMs = endings.map(ending => ending.tookMs);
      measured(
        `${sigterms} SIGTERMs, requests sent / failed`,
        `${sent} / ${failed}; ${JSON.stringify(byStatus)}; an end took ${Math.round(Math.min(...tookMs))} to ${Math.round(Math.max(...tookMs))} ms, a request ${quantile(
          under.outcomes.map(outcome => outcome.tookMs),
          0.99,
        ).toFixed(0)} ms at p99`,
      );
      expect(troubles).toEqual([]);
      expect(failed).toBe(0);
      expect(under.outcomes).toHaveLength(sent);
      expect(sent).toBeGreaterThanOrEqual(requests);
      expect(endings.map(({ code }) => code)).toEqual(endings.map(() => 0));
      expect(Math.max(...tookMs)).toBeLessThan(BUDGET_MS);
    }

    const paths = (n: number): string => (n % 10 === 0 ? `/pages/slow/${n}` : `/pages/alpha/${n}`);

    describeWithHaproxy('behind HAProxy', () => {
      let haproxy: Haproxy;

      beforeAll(async () => {
        haproxy = await Haproxy.start(ports, check);
        for (const port of ports) await until('HAProxy takes it', () => haproxy.takes(port));
      });
      afterAll(() => haproxy?.stop());

      it('lose no request when each is ended in turn', async () => {
        load = new Load(perSecond, n => ({ url: haproxy.url + paths(n) }));
        await roll(port => haproxy.takes(port), load);
      });

      it('lose some where they do not serve on until it has noticed: that is what the wait is for', async () => {
        await replicas[0]!.end('SIGKILL');
        replicas[0] = await start(ports[0]!, { DRAIN_PROPAGATION_MS: '0' });
        await until('HAProxy takes it', () => haproxy.takes(ports[0]!));
        load = new Load(perSecond, n => ({ url: haproxy.url + paths(n) }));
        await load.goesOn(500);
        expect((await replicas[0].end()).code).toBe(0);
        await until('HAProxy has noticed', async () => !(await haproxy.takes(ports[0]!)));
        expect((await load.end()).failed).toBeGreaterThan(0);
        replicas[0] = await start(ports[0]!);
      });
    });

    it('lose no request of clients that follow Consul', async () => {
      const settings = {
        behind: true,
        budgetMs: 5_000,
        env: NOT_SHED,
        // Nothing is hidden: no second attempt.
        defaults: { timeoutMs: 4_000, maxRetries: 0 },
      };
      const client = await BffUnderTest.start(consul.address, settings);
      await client.knowsAll({ front: 2 });
      load = new Load(perSecond, n => ({ url: `${client.url}/pages/behind/${n}` }));
      await roll(async () => (await client.knows())['front'] === 2, load);
    });

    it('are degraded, and ready, without Redis', async () => {
      await redis.stop();
      const [replica] = replicas;
      await until('it is noticed', async () => (await replica!.health()).status === 'degraded');
      expect(await replica!.health()).toMatchObject({ http: 200, details: { limits: { status: 'degraded' } } });
    });
  });
});
