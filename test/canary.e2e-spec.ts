/** Versions of upstreams: a built app, a real Consul, two services in two versions each. */
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { builtFixture } from './support/built-fixture.js';
import { Consul, describeWithConsul, type Place } from './support/consul.js';
import { type Answer, request } from './support/http.js';
import { measured } from './support/measured.js';
import { Program } from './support/program.js';
import { until } from './support/until.js';

const secret = randomBytes(32);
const PEOPLE = 10_000;

jest.setTimeout(300_000);

/** @returns what says who asks */
function as(subject: string): { readonly Authorization: string } {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1_000);
  const body = {
    iss: 'https://id.example',
    aud: 'canary',
    sub: subject,
    iat: now,
    exp: now + 3_600,
    jti: subject,
    client_id: 'test',
  };
  const input = `${part({ alg: 'HS256', typ: 'at+jwt' })}.${part(body)}`;
  return { Authorization: `Bearer ${input}.${createHmac('sha256', secret).update(input).digest('base64url')}` };
}

type Fault = 'error' | 'reset' | 'silence' | 'nonsense';

/** One instance of a service: says its version, or what is wrong with it. */
class Instance implements Place {
  readonly host = '127.0.0.1';
  fault: Fault | undefined = undefined;
  asked = 0;
  private readonly server: Server;

  constructor(
    readonly name: string,
    readonly version: string,
  ) {
    this.server = createServer((incoming, response) => {
      if (incoming.url === '/health/live') return void response.end();
      this.asked++;
      this.answer(response);
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get meta(): Readonly<Record<string, string>> {
    return { version: this.version };
  }

  get tags(): readonly string[] {
    return [`v${this.version}`];
  }

  async start(): Promise<this> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return this;
  }

  end(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(response: ServerResponse): void {
    if (this.fault === 'silence') return;
    if (this.fault === 'reset') return void response.socket!.resetAndDestroy();
    const status = this.fault === 'error' ? 500 : 200;
    const text = this.fault === 'nonsense' ? '{"vers' : JSON.stringify({ version: this.version });
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'public, max-age=60' }).end(text);
  }
}

/** What came of a page. */
interface Seen {
  readonly status: number;
  readonly isComplete: boolean;
  /** `1`, `2`, or both where the page is mixed. */
  readonly versions: string;
}

function seen({ status, headers, body }: Answer): Seen {
  const versions = ['1', '2'].filter(version => body.includes(`"version":"${version}"`));
  return { status, isComplete: headers['page-complete'] === '?1', versions: versions.join() };
}

describeWithConsul('an app whose upstreams run in two versions', () => {
  let consul: Consul;
  let app: Program;
  let url: string;
  let managementUrl: string;
  let catalog: readonly Instance[];
  let prices: readonly Instance[];
  /** By person, the version that answered. */
  const versionOf = new Map<number, string>();

  const env = (): Record<string, string> => ({
    PORT: '0',
    MANAGEMENT_PORT: '0',
    LOG_LEVEL: 'warn',
    // A machine that is busy with other things is not what this is about.
    SHEDDING: 'off',
    HMAC_SECRET: secret.toString('base64'),
    DISCOVERY: 'consul',
    CONSUL_HTTP_ADDR: consul.address,
    SUBSET_WEIGHTS: 'prices:canary=10',
  });

  beforeAll(async () => {
    consul = await Consul.start();
    const started = (name: string) => Promise.all(['1', '1', '2'].map(version => new Instance(name, version).start()));
    [catalog, prices] = await Promise.all([started('catalog'), started('prices')]);
    for (const instance of [...catalog, ...prices]) await consul.register(instance);
    app = new Program('canary', builtFixture('canary-app'), { env: env() });
    const told = await app.message<{ type: 'listening'; port: number; managementPort: number }>('listening');
    url = `http://127.0.0.1:${told.port}`;
    managementUrl = `http://127.0.0.1:${told.managementPort}`;
    await until('it is ready', async () => (await request(`${url}/health/ready`)).status === 200);
    await until('it knows all instances', async () => (await metric('guichet_upstream_instances')) === 6);
  });
  afterAll(async () => {
    for (const instance of [...(catalog ?? []), ...(prices ?? [])]) instance.end();
    await consul?.kill();
  });

  // Also where a test failed half-way: the next one begins with all well.
  afterEach(() => {
    for (const instance of [...catalog, ...prices]) instance.fault = undefined;
  });

  const page = async (headers: Record<string, string> = {}) => seen(await request(`${url}/pages/film`, { headers }));

  /** Asks for each of these, sixteen at a time. */
  async function each<T>(all: readonly T[], ask: (one: T) => Promise<void>): Promise<void> {
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < all.length) await ask(all[next++]!);
    };
    await Promise.all(Array.from({ length: 16 }, work));
  }

  const numbers = (length: number, from = 0) => Array.from({ length }, (_, n) => n + from);

  /** The sum of a metric's series that have all of these labels. */
  async function metric(name: string, ...labels: readonly string[]): Promise<number> {
    const { body } = await request(`${managementUrl}/metrics`);
    return body
      .split('\n')
      .filter(line => line.startsWith(`${name}{`) && labels.every(label => line.includes(label)))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  it('sends a tenth of ten thousand people to the new version, each page to one', async () => {
    const wrong: Seen[] = [];
    await each(numbers(PEOPLE), async n => {
      const answer = await page(as(`person-${n}`));
      if (answer.status !== 200 || !answer.isComplete || !/^[12]$/.test(answer.versions)) wrong.push(answer);
      versionOf.set(n, answer.versions);
    });
    expect(wrong).toEqual([]);
    const share = [...versionOf.values()].filter(version => version === '2').length / PEOPLE;
    measured(`of ${PEOPLE} people answered by a canary of 10 %`, share * 100, '%');
    expect(Math.abs(share - 0.1)).toBeLessThan(0.01);
    expect(await metric('guichet_subset_calls_total', 'upstream="prices"', 'subset="canary"')).toBe(
      Math.round(share * PEOPLE),
    );
    expect(await metric('guichet_subset_weight_ratio', 'subset="canary"')).toBeCloseTo(0.2);
  });

  it('answers each of them by the same version ever after', async () => {
    const changed: number[] = [];
    await each(numbers(1_000), async n => {
      if ((await page(as(`person-${n}`))).versions !== versionOf.get(n)) changed.push(n);
    });
    expect(changed).toEqual([]);
  });

  it('spreads those who are nobody, and follows the header of a neighbour', async () => {
    let fresh = 0;
    await each(numbers(1_000), async () => {
      if ((await page()).versions === '2') fresh++;
    });
    measured('of 1000 anonymous pages', fresh / 10, '%');
    expect(Math.abs(fresh - 100)).toBeLessThan(20);
    expect((await page({ 'x-cohort': 'canary' })).versions).toBe('2');
    expect((await page({ 'x-cohort': 'default' })).versions).toBe('1');
    const { headers } = await request(`${url}/pages/film`, { headers: { 'x-cohort': 'canary' } });
    expect([headers['cache-control'], headers.vary]).toEqual([
      'private, max-age=60',
      'Authorization, Cookie, x-cohort',
    ]);
  });

  it('sends what is handed through the same way, and keeps caches from mixing it', async () => {
    for (const [wish, version] of [
      ['canary', '2'],
      ['default', '1'],
    ] as const) {
      const answer = await request(`${url}/api/said`, { headers: { 'x-cohort': wish } });
      expect(answer.json()).toEqual({ version });
      expect(answer.headers).toMatchObject({
        'cache-control': 'private, max-age=60',
        vary: 'Authorization, Cookie, x-cohort',
      });
    }
  });

  /** Whoever is in the canary. */
  const inCanary = () => [...versionOf].filter(([, version]) => version === '2').map(([n]) => n);

  const untilBack = () =>
    until(
      'the canary is answered by again',
      async () => (await page(as(`person-${inCanary()[0]!}`))).versions === '2',
      { limitMs: 60_000, everyMs: 100 },
    );

  it.each(['error', 'nonsense', 'reset', 'silence'] as const)(
    'ejects a canary that answers with %s, and no page fails, is degraded or mixed',
    async fault => {
      await untilBack();
      // What further attempts there may be follows from the calls of the last seconds.
      await each(numbers(500), async n => void (await page(as(`person-${n}`))));
      const bad = prices[2]!;
      const labels = ['upstream="prices"', 'subset="canary"'];
      const before = await metric('guichet_subset_fallbacks_total', ...labels);
      bad.fault = fault;
      bad.asked = 0;
      const wrong: (Seen & { n: number })[] = [];
      const old = new Set<number>();
      await each(numbers(2_000), async n => {
        const answer = await page(as(`person-${n}`));
        if (answer.status !== 200 || !answer.isComplete || answer.versions !== '1') wrong.push({ n, ...answer });
        else if (versionOf.get(n) === '2') old.add(n);
      });
      expect(wrong).toEqual([]);
      const people = inCanary().filter(n => n < 2_000).length;
      expect(old.size).toBe(people);
      measured(`canary with ${fault}: people of it, asked of it nevertheless`, `${people}, ${bad.asked}`);
      // Five in a row eject it; sixteen at a time may be under way, and a trial comes every five seconds.
      expect(bad.asked).toBeLessThan(60);
      expect(await metric('guichet_subset_instances', ...labels, 'state="ejected"')).toBe(1);
      expect((await metric('guichet_subset_fallbacks_total', ...labels)) - before).toBeGreaterThanOrEqual(people);
      expect(await metric('guichet_subset_fallbacks_total', 'outcome="mixed"')).toBe(0);
      bad.fault = undefined;
      measured(`canary with ${fault}: from its recovery until it answers again`, await untilBack(), 'ms');
      expect(await metric('guichet_upstream_breaker_open')).toBe(0);
    },
  );

  it('answers by the old version while the new one is away, and by the new one to the same people afterwards', async () => {
    await untilBack();
    await consul.deregister(prices[2]!);
    await until('it has heard', async () => (await metric('guichet_subset_instances', 'upstream="prices"')) === 2);
    const some = inCanary().slice(0, 50);
    await each(some, async n => {
      expect(await page(as(`person-${n}`))).toEqual({ status: 200, isComplete: true, versions: '1' });
    });
    await consul.register(prices[2]!);
    await until('it has heard', async () => (await metric('guichet_subset_instances', 'upstream="prices"')) === 3);
    await each(some, async n => {
      expect(await page(as(`person-${n}`))).toEqual({ status: 200, isComplete: true, versions: '2' });
    });
  });

  it('does not start with weights of what is not declared', async () => {
    const wrong = 'prices:canry=10,catalog:canary=101';
    const refused = new Program('canary', builtFixture('canary-app'), { env: { ...env(), SUBSET_WEIGHTS: wrong } });
    expect((await refused.ended).code).toBe(78);
    expect(refused.stderr).toContain('"prices:canry=10"');
    expect(refused.stderr).toContain('use one that is (catalog:canary, prices:canary)');
    expect(refused.stderr).toContain('set it to at most 100');
  });
});
