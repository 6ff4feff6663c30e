/**
 * Instances of the example's gRPC service are restarted while pages are asked for.
 * `LOAD_PER_SECOND` (20): pages a second.
 */
import { type Bff, startBff } from './support/bff.js';
import { Consul, describeWithConsul } from './support/consul.js';
import { fiftyFilms } from './support/films.js';
import { type Answer, request } from './support/http.js';
import { Load, type LoadRequest } from './support/load.js';
import { measured } from './support/measured.js';
import {
  requestsOf,
  scratchFolder,
  type Service,
  type ServiceName,
  serviceNames,
  startService,
} from './support/services.js';
import { until } from './support/until.js';

const perSecond = Number(process.env['LOAD_PER_SECOND'] ?? 20);
const INSTANCES = 3;
/** What is promised where the machine has nothing else to do; the tests themselves wait longer. */
const BACK_WITHIN_MS = 2_000;
/** The only section of these pages that is required and asks pricing. */
const OF_PRICING = /"section":"price"/;
const PATIENCE = { limitMs: 20_000, everyMs: 50 };

jest.setTimeout(180_000);

describeWithConsul(`gRPC, with Consul and ${perSecond} pages a second`, () => {
  let consul: Consul;
  let web: Bff;
  let env: Record<string, string>;
  let pricing: Service[];
  let load: Load;

  beforeAll(async () => {
    consul = await Consul.start();
    env = { DISCOVERY: 'consul', CONSUL_HTTP_ADDR: consul.address, SHOP_DATA_DIR: scratchFolder() };
    const others = serviceNames.filter(name => name !== 'pricing');
    const start = (name: ServiceName) => startService(name, env);
    await Promise.all(others.map(start));
    pricing = await Promise.all(Array.from({ length: INSTANCES }, () => start('pricing')));
    web = await startBff('web', env);
    await until('the BFF knows all instances', async () => (await known()) === INSTANCES);
    // Connections are open and code is warm.
    for (let n = 0; n < 60; n++) await request(page(n).url);
  });

  // Also where a test failed half-way: its load must not weigh on the next one.
  afterEach(() => load?.end());
  afterAll(() => consul?.kill());

  /** How many instances of pricing the BFF knows. */
  async function known(): Promise<number | undefined> {
    const { details } = (await request(`${web.managementUrl}/health/ready?verbose`)).json() as {
      details: Record<string, { instances?: number } | undefined>;
    };
    return details['upstream pricing']?.instances;
  }

  /** Film pages fail without their price, which is tried again elsewhere; the others can do without. */
  function page(n: number): LoadRequest {
    const { id } = fiftyFilms[n % fiftyFilms.length]!;
    return n % 3 === 0 ? optionalPage(n) : { url: `${web.url}/pages/films/${id}` };
  }

  function optionalPage(n: number): LoadRequest {
    const { id, title } = fiftyFilms[n % fiftyFilms.length]!;
    return n % 2 === 0
      ? { url: `${web.url}/pages/home` }
      : { url: `${web.url}/pages/search?query=${encodeURIComponent(String(title ?? id).slice(0, 4))}` };
  }

  /** Starts an instance where one was, and tells how long it takes until it is asked. */
  async function startAgain(where: Service): Promise<number> {
    const again = await startService('pricing', { ...env, PORT: String(where.port) });
    pricing[pricing.indexOf(where)] = again;
    const isAsked = async (): Promise<boolean> => (await requestsOf(again)).length > 0;
    return until(`pricing on ${again.port} is asked again`, isAsked, PATIENCE);
  }

  /**
   * Puts pages under load while something happens. Where pages failed for want of services that nobody touches, this machine is
   * kept from running what it should: that says nothing, and is done again, twice at most.
   * @throws Error  when it is so still
   */
  async function under(next: (n: number) => LoadRequest, happens: () => Promise<void>): Promise<Verdict> {
    for (let left = 2; ; left--) {
      load = new Load(perSecond, next);
      await load.reaches(1_000);
      await happens();
      const { sent, failed, degraded } = await load.end();
      const failures = load.outcomes.filter(({ status }) => status !== 200).map(({ trouble = '' }) => trouble);
      const others = failures.filter(trouble => !OF_PRICING.test(trouble)).length;
      measured('pages sent / failed / degraded', `${sent} / ${failed} / ${degraded}`);
      if (others === 0) return { sent, degraded, failures };
      const busy = `this machine is too busy for ${perSecond} pages a second: ${others} failed for want of services that nobody touched`;
      if (left === 0) throw new Error(`${busy}; ${failures[0]}`);
      measured('done again', busy);
    }
  }

  it('no page fails when each instance in turn is killed, and it is called again at once when it is back', async () => {
    const verdict = await under(page, async () => {
      for (const victim of pricing) {
        await victim.program.end('SIGKILL');
        // By its gRPC check alone: nobody took the entry back.
        await until('Consul has noticed', async () => (await consul.passing('pricing')) === INSTANCES - 1, PATIENCE);
        await until('the BFF has heard of it', async () => (await known()) === INSTANCES - 1, PATIENCE);
        tellBack(await startAgain(victim));
        await load.goesOn(500);
      }
    });
    expectNoneFailed(verdict);
  });

  it('no page fails or lacks anything when each instance in turn is told to end, and starts again', async () => {
    const verdict = await under(page, async () => {
      for (const victim of pricing) {
        expect((await victim.program.end('SIGTERM')).code).toBe(0);
        tellBack(await startAgain(victim));
        await load.goesOn(500);
      }
    });
    expectNoneFailed(verdict);
    expect(verdict.degraded).toBe(0);
  });

  it('pages that can do without prices are served while there is no instance, and are whole again by themselves', async () => {
    const verdict = await under(optionalPage, async () => {
      await Promise.all(pricing.map(({ program }) => program.end('SIGKILL')));
      await until('pages lack their prices', () => load.summary().degraded > 0);
      await load.goesOn(1_000);
      await Promise.all(pricing.map(startAgain));
      const isWhole = async (): Promise<boolean> => completeness(await request(`${web.url}/pages/home`)) === '?1';
      measured('from the first call to whole pages', await until('pages are whole', isWhole, PATIENCE), 'ms');
    });
    expectNoneFailed(verdict);
  });

  function expectNoneFailed({ sent, failures }: Verdict): void {
    expect(sent).toBeGreaterThan(perSecond);
    expect(load.outcomes).toHaveLength(sent);
    expect(failures).toEqual([]);
  }
});

/** What came of pages under load. */
interface Verdict {
  readonly sent: number;
  readonly degraded: number;
  /** The bodies of those that failed. */
  readonly failures: readonly string[];
}

function tellBack(tookMs: number): void {
  measured(
    `back ${tookMs <= BACK_WITHIN_MS ? 'within' : 'NOT within'} ${BACK_WITHIN_MS} ms of its start`,
    tookMs,
    'ms',
  );
}

function completeness({ headers }: Answer): string | undefined {
  return headers['page-complete'] as string | undefined;
}
