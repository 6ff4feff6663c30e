/**
 * `LOAD_SECONDS` (10): how long each part stays under load; `LOAD_PER_SECOND` (200): pages a second;
 * `INSTANCES` (2): processes of each service. The full form: `LOAD_SECONDS=60 INSTANCES=3`.
 */
import { as, type Bff, startBff } from './support/bff.js';
import { Consul, describeWithConsul } from './support/consul.js';
import { fiftyFilms } from './support/films.js';
import { request } from './support/http.js';
import { Load, type LoadSummary } from './support/load.js';
import { measured, quantile } from './support/measured.js';
import {
  heal,
  requestsOf,
  scratchFolder,
  type Service,
  type ServiceName,
  serviceNames,
  startService,
} from './support/services.js';
import { until } from './support/until.js';

const loadMs = Number(process.env['LOAD_SECONDS'] ?? 10) * 1_000;
const perSecond = Number(process.env['LOAD_PER_SECOND'] ?? 200);
const instances = Number(process.env['INSTANCES'] ?? 2);
/** Consul is away for half of the time: 30 s of 60. */
const awayMs = Math.max(loadMs / 2, 2_000);

/** All services that a page asks; `orders` takes orders alone, and has a suite of its own. */
const asked = serviceNames.filter(name => name !== 'orders');

jest.setTimeout(loadMs * 3 + 60_000);

describeWithConsul(`with Consul and ${perSecond} pages a second`, () => {
  let consul: Consul;
  let web: Bff;
  let env: Record<string, string>;
  let load: Load;
  const running = new Map<ServiceName, Service[]>();
  let customers: { readonly Authorization: string }[];

  beforeAll(async () => {
    consul = await Consul.start();
    // What is asked for here is instances, and not what a busy machine turns away.
    env = { DISCOVERY: 'consul', CONSUL_HTTP_ADDR: consul.address, SHOP_DATA_DIR: scratchFolder(), SHEDDING: 'off' };
    for (const name of serviceNames) {
      running.set(name, await Promise.all(Array.from({ length: instances }, () => startService(name, env))));
    }
    web = await startBff('web', env);
    customers = await Promise.all(Array.from({ length: 20 }, (_, index) => as(`c${index + 1}`)));
    await untilRegistered();
    await untilFresh();
    // Code is warm and connections are open before anything is measured.
    await undisturbed();
    const { failed, degraded, troubles } = await undisturbed();
    if (failed + degraded > 0) {
      throw new Error(
        `this machine is too busy for ${perSecond} pages a second: with everything well, ${failed} failed and ${degraded} were degraded; ${troubles[0]}`,
      );
    }
  });

  // Also where a test failed half-way: its load must not weigh on the next one.
  afterEach(() => load?.end());
  afterAll(() => consul?.kill());

  /** A short load while nothing happens. */
  async function undisturbed(): Promise<LoadSummary> {
    load = new Load(perSecond, page);
    await load.reaches(1_500);
    return load.end();
  }

  /** Films, the shop window of a customer, and searches. */
  function page(n: number): { url: string; headers?: Record<string, string> } {
    const { id, title } = fiftyFilms[n % fiftyFilms.length]!;
    if (n % 10 === 0) return { url: `${web.url}/pages/home`, headers: { ...customers[(n / 10) % customers.length]! } };
    if (n % 10 === 5) return { url: `${web.url}/pages/search?query=${encodeURIComponent(String(title).slice(0, 4))}` };
    return { url: `${web.url}/pages/films/${id}` };
  }

  const untilRegistered = (limitMs?: number) =>
    until(
      'Consul knows all that runs',
      async () => {
        const counts = await Promise.all(serviceNames.map(name => consul.passing(name)));
        return (
          (await consul.passing('web')) === 1 &&
          counts.every((count, i) => count === running.get(serviceNames[i]!)!.length)
        );
      },
      { ...(limitMs !== undefined && { limitMs }), everyMs: 20 },
    );

  /** What the BFF knows of every upstream is as Consul has it now, not as it once had it. */
  const untilFresh = (limitMs?: number) =>
    until(
      'the BFF knows all instances, fresh',
      async () => {
        const { details } = (await request(`${web.managementUrl}/health/ready?verbose`)).json() as Health;
        return serviceNames.every(name => {
          const found = details[`upstream ${name}`];
          return found?.source === 'fresh' && found.instances === running.get(name)!.length;
        });
      },
      { ...(limitMs !== undefined && { limitMs }), everyMs: 20 },
    );

  it('no page fails when an instance of each service is killed and another starts elsewhere', async () => {
    load = new Load(perSecond, page);
    await load.reaches(loadMs / 5);
    for (const name of serviceNames) {
      const [victim, ...others] = running.get(name)!;
      await victim!.program.end('SIGKILL');
      running.set(name, others);
    }
    // One after the other: elsewhere, their start would cost nothing here.
    for (const name of serviceNames) {
      const newcomer = await startService(name, env);
      running.get(name)!.push(newcomer);
      if (name !== 'orders') await untilAsked(newcomer);
    }
    await load.reaches(loadMs);
    expectNoneFailed(await load.end(), load);
    await untilRegistered();
  });

  it('an instance registered by hand takes traffic within 1 s, and none 1 s after it is deregistered', async () => {
    load = new Load(perSecond, page);
    for (const name of asked) {
      // It registers itself with nobody.
      const newcomer = await startService(name, { DISCOVERY: 'static' });
      await consul.register(newcomer);
      const tookMs = await untilAsked(newcomer);
      measured(`${name}: from its registration to its first request`, tookMs, 'ms');
      expect(tookMs).toBeLessThan(1_000);

      await consul.deregister(newcomer);
      await load.goesOn(1_000);
      await heal(newcomer);
      await load.goesOn(500);
      expect(await requestsOf(newcomer)).toEqual([]);
      await newcomer.program.end();
    }
    await load.reaches(loadMs);
    expectNoneFailed(await load.end(), load);
  });

  it('no page fails while Consul is killed and wiped, and all have registered again within 2 s of its return', async () => {
    load = new Load(perSecond, page);
    await load.reaches(loadMs / 10);
    await consul.kill();
    await load.goesOn(awayMs);
    expect(load.summary().failed).toBe(0);
    await consul.startAgain();
    const returnedAt = performance.now();
    await untilRegistered();
    const registeredMs = performance.now() - returnedAt;
    await untilFresh();
    const freshMs = performance.now() - returnedAt;
    measured(`Consul away for ${awayMs} ms; from its return until all have registered`, registeredMs, 'ms');
    measured('from its return until the BFF knows all instances, fresh', freshMs, 'ms');
    await load.reaches(loadMs);
    expectNoneFailed(await load.end(), load);
    expect(registeredMs).toBeLessThan(2_000);
    expect(freshMs).toBeLessThan(2_000);
  });
});

interface Health {
  readonly details: Readonly<Record<string, { readonly instances?: number; readonly source?: string } | undefined>>;
}

const untilAsked = (service: Service) =>
  until(`${service.name} on ${service.port} is asked`, async () => (await requestsOf(service)).length > 0, {
    limitMs: 5_000,
  });

function expectNoneFailed({ sent, failed, degraded, byStatus, troubles }: LoadSummary, { outcomes }: Load): void {
  const tookMs = outcomes.map(outcome => outcome.tookMs);
  measured(
    'pages sent / failed / degraded',
    `${sent} / ${failed} / ${degraded}; by status ${JSON.stringify(byStatus)}; median ${quantile(tookMs, 0.5).toFixed(1)} ms, p99 ${quantile(tookMs, 0.99).toFixed(1)} ms`,
  );
  expect(troubles).toEqual([]);
  expect(failed).toBe(0);
  expect(outcomes).toHaveLength(sent);
  expect(sent).toBeGreaterThanOrEqual((perSecond * loadMs * 0.9) / 1_000);
}
