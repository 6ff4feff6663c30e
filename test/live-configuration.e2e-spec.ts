/**
 * `LOAD_PER_SECOND` (25): pages a second; `CHANGES` (1000): documents written under load, a tenth of them invalid.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bff, startBff } from './support/bff.js';
import { Consul, describeWithConsul } from './support/consul.js';
import { fiftyFilms } from './support/films.js';
import { request } from './support/http.js';
import { Load } from './support/load.js';
import { type AllServices, scratchFolder, startAllServices } from './support/services.js';
import { until } from './support/until.js';

const perSecond = Number(process.env['LOAD_PER_SECOND'] ?? 25);
const changes = Number(process.env['CHANGES'] ?? 1_000);

interface State {
  readonly condition: string;
  readonly unreachable?: string;
  readonly inForce: { readonly version: string | null; readonly from: string; readonly document: unknown };
  readonly refused?: { readonly version: string; readonly problems: readonly { readonly path: string }[] };
}

interface Envelope {
  readonly similar: unknown;
  readonly _sections?: Readonly<Record<string, { readonly state: string; readonly reason: string }>>;
}

let services: AllServices;
const film = `/pages/films/${fiftyFilms[0]!.id}`;
const switched = (isOn: boolean) => ({ pages: { FilmPage: { sections: { ratings: { isOn }, similar: { isOn } } } } });

beforeAll(async () => {
  services = await startAllServices();
});

const start = (env: Record<string, string>): Promise<Bff> =>
  startBff('web', { DISCOVERY: 'static', UPSTREAMS_FILE: services.upstreamsFile, ...env });

async function stateOf(bff: Bff): Promise<State> {
  return (await request(`${bff.managementUrl}/live-configuration`)).json() as State;
}

async function statesOf(bff: Bff): Promise<Envelope['_sections']> {
  const answer = await request(bff.url + film);
  expect(answer.status).toBe(200);
  return (answer.json() as Envelope)._sections;
}

/** Budgets, timeouts, retries, hedges, breakers and places that move with every document, and of which none is narrow. */
function wide(isOn: boolean, n: number) {
  const { sections } = switched(isOn).pages.FilmPage;
  const upstream = {
    timeoutMs: 2_500 + (n % 400),
    maxConcurrent: 500 + (n % 5),
    breaker: n % 3 === 0,
    breakerMinCalls: 50_000,
  };
  return {
    pages: { FilmPage: { budgetMs: 3_000 - (n % 50), sections } },
    upstreams: {
      catalog: { ...upstream, maxRetries: n % 3 },
      pricing: { ...upstream, hedge: n % 4 === 0 },
      inventory: upstream,
      ratings: upstream,
    },
    limits: { address: { limit: 900_000_000 + n } },
  };
}

const standsAt = (bff: Bff, condition: string): Promise<number> =>
  until(`the live configuration is ${condition}`, async () => (await stateOf(bff)).condition === condition);

async function metricOf(bff: Bff, series: string): Promise<number> {
  const text = (await request(`${bff.managementUrl}/metrics`)).body;
  const line = text.split('\n').find(one => one.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1));
}

/** What is said in each place where an invalid document is told of. */
async function expectReported(bff: Bff, path: string): Promise<void> {
  const { refused } = await stateOf(bff);
  expect(refused!.problems.map(problem => problem.path)).toEqual([path]);
  expect(bff.program.stdout).toMatch(new RegExp(`version ${refused!.version} is invalid and changes nothing.*${path}`));
  expect(await metricOf(bff, 'guichet_live_trouble{reason="invalid"}')).toBe(1);
  expect(await metricOf(bff, 'guichet_live_documents_total{outcome="invalid"}')).toBeGreaterThan(0);
  const inspector = await request(`${bff.managementUrl}/inspector/api/live-configuration`);
  expect(inspector.json()).toMatchObject({ condition: 'invalid', refused: { problems: [{ path }] } });
  const health = await request(`${bff.managementUrl}/health/ready?verbose`);
  expect([health.status, health.json()]).toMatchObject([
    200,
    { details: { 'live configuration': { status: 'degraded', condition: 'invalid' } } },
  ]);
}

describeWithConsul('live configuration from Consul', () => {
  let consul: Consul;
  const key = 'guichet/web/configuration';

  beforeAll(async () => {
    consul = await Consul.start();
  });
  afterAll(() => consul?.kill());

  async function write(document: unknown): Promise<void> {
    const text = typeof document === 'string' ? document : JSON.stringify(document);
    const { status } = await request(`http://${consul.address}/v1/kv/${key}`, { method: 'PUT', form: text });
    expect(status).toBe(200);
  }

  /** What replicas say of themselves, by the key. */
  async function statuses(): Promise<Record<string, State>> {
    const { status, json } = await request(`http://${consul.address}/v1/kv/guichet/web/status/?recurse`);
    if (status === 404) return {};
    const entries = json() as { Key: string; Value: string }[];
    return Object.fromEntries(
      entries.map(({ Key, Value }) => [Key, JSON.parse(Buffer.from(Value, 'base64').toString()) as State]),
    );
  }

  const env = () => ({ LIVE_CONFIGURATION: 'consul', CONSUL_HTTP_ADDR: consul.address });

  it('switches sections off and on, tells of what is invalid in every place, and each replica by a key of its own', async () => {
    const [one, two] = await Promise.all([start(env()), start(env())]);
    expect((await stateOf(one)).condition).toBe('none');
    expect(await statesOf(one)).toBeUndefined();
    await write(switched(false));
    await Promise.all([standsAt(one, 'in-force'), standsAt(two, 'in-force')]);
    for (const bff of [one, two])
      expect(await statesOf(bff)).toEqual({
        ratings: { state: 'omitted', reason: 'switched-off' },
        similar: { state: 'fallback', reason: 'switched-off' },
      });
    const { version } = (await stateOf(one)).inForce;
    expect((await stateOf(two)).inForce.version).toBe(version);
    expect(await metricOf(one, 'guichet_live_version')).toBe(Number.parseInt(version!, 16));

    await write({ pages: { FilmPage: { sections: { film: { isOn: false } } } } });
    await Promise.all([standsAt(one, 'invalid'), standsAt(two, 'invalid')]);
    await expectReported(one, 'pages.FilmPage.sections.film.isOn');
    expect(Object.keys((await statesOf(one))!)).toEqual(['ratings', 'similar']);
    const keys = [one, two].map(({ port }) => `guichet/web/status/web-127.0.0.1:${port}`);
    await until('both replicas have told in Consul', async () => {
      const told = await statuses();
      return keys.every(name => told[name]?.condition === 'invalid');
    });
    const told = await statuses();
    expect(Object.keys(told).toSorted()).toEqual(keys.toSorted());
    expect(told[keys[0]!]).toMatchObject({
      inForce: { version },
      refused: { problems: [{ path: 'pages.FilmPage.sections.film.isOn', value: 'false' }] },
    });

    await write({});
    await standsAt(one, 'in-force');
    expect(await statesOf(one)).toBeUndefined();
    one.program.child.kill('SIGTERM');
    await one.program.ended;
    expect(Object.keys(await statuses())).toEqual([keys[1]]);
    two.program.child.kill('SIGTERM');
    await two.program.ended;
  }, 60_000);

  it(`fails no page by ${changes} changes under load, a tenth of them invalid, and ends with the last valid one`, async () => {
    await write(wide(true, 0));
    // Only what changes may make a page fail here, not how busy the machine is.
    const web = await start({ ...env(), SHEDDING: 'off' });
    await standsAt(web, 'in-force');
    for (const { id } of fiftyFilms) await request(`${web.url}/pages/films/${id}`);
    const mixed: unknown[] = [];
    const load = new Load(perSecond, n => ({
      url: `${web.url}/pages/films/${fiftyFilms[n % fiftyFilms.length]!.id}`,
      check: ({ json }) => {
        const states = Object.entries((json() as Envelope)._sections ?? {});
        const off = states.filter(([, { reason }]) => reason === 'switched-off').map(([name]) => name);
        if (off.length === 0 || off.join() === 'ratings,similar') return undefined;
        mixed.push(off);
        return `switched off: ${off.join()}`;
      },
    }));
    await load.reaches(500);
    for (let n = 0; n < changes; n++) {
      const isInvalid = n % 10 === 5;
      await write(
        isInvalid ? { ...wide(n % 2 === 0, n), limits: { address: { limit: 'many' } } } : wide(n % 2 === 0, n),
      );
    }
    const last = { ...wide(false, changes), limits: { address: { limit: 987_654_321 } } };
    await write(last);
    await until('the last is in force', async () => {
      const { inForce } = await stateOf(web);
      return JSON.stringify(inForce.document) === JSON.stringify(last);
    });
    await load.goesOn(200);
    // One that is invalid comes after it, and changes nothing.
    await write('{"upstreams":{"catalog":{"timeoutMs":-1}}}');
    await standsAt(web, 'invalid');
    expect((await stateOf(web)).inForce.document).toEqual(last);
    const { sent, failed, wrong, troubles } = await load.end();
    expect([failed, wrong, mixed, troubles]).toEqual([0, 0, [], []]);
    expect(sent).toBeGreaterThan(20);
    expect(await metricOf(web, 'guichet_live_documents_total{outcome="applied"}')).toBeGreaterThan(2);
    expect(Object.keys((await statesOf(web))!)).toEqual(['ratings', 'similar']);
    web.program.child.kill('SIGTERM');
    await web.program.ended;
  }, 180_000);

  it('goes by the last good document where it begins while Consul is away, and where Consul has lost it', async () => {
    const file = join(scratchFolder(), 'last-good.json');
    const remembering = { ...env(), LIVE_CONFIGURATION_SNAPSHOT_FILE: file };
    await write(switched(false));
    const first = await start(remembering);
    await standsAt(first, 'in-force');
    await until('it is noted', () => readIfThere(file).includes('similar'));
    first.program.child.kill('SIGKILL');
    await first.program.ended;
    await consul.kill();

    const second = await start(remembering);
    expect(await stateOf(second)).toMatchObject({ unreachable: 'ECONNREFUSED', inForce: { from: 'last-good' } });
    expect(Object.keys((await statesOf(second))!)).toEqual(['ratings', 'similar']);
    expect(await metricOf(second, 'guichet_live_trouble{reason="unreachable"}')).toBe(1);

    await consul.startAgain();
    await standsAt(second, 'missing');
    expect(Object.keys((await statesOf(second))!)).toEqual(['ratings', 'similar']);
    await write({});
    await standsAt(second, 'in-force');
    expect(await statesOf(second)).toBeUndefined();
    second.program.child.kill('SIGTERM');
    await second.program.ended;
  }, 60_000);
});

describe('live configuration from a file', () => {
  it('follows the file, keeps what is in force when it is wrong or gone, and stops no boot', async () => {
    const path = join(scratchFolder(), 'live.json');
    const write = (text: string): void => {
      writeFileSync(`${path}.new`, text);
      renameSync(`${path}.new`, path);
    };
    write('{"upstreams":{"catalogue":{}}}');
    const web = await start({ LIVE_CONFIGURATION: 'file', LIVE_CONFIGURATION_FILE: path });
    await expectReported(web, 'upstreams.catalogue');
    expect((await stateOf(web)).inForce.version).toBeNull();
    write(JSON.stringify(switched(false)));
    await standsAt(web, 'in-force');
    expect(Object.keys((await statesOf(web))!)).toEqual(['ratings', 'similar']);
    write('{"pages":');
    await standsAt(web, 'invalid');
    await expectReported(web, '');
    expect(Object.keys((await statesOf(web))!)).toEqual(['ratings', 'similar']);
    renameSync(path, `${path}.gone`);
    await standsAt(web, 'missing');
    expect(Object.keys((await statesOf(web))!)).toEqual(['ratings', 'similar']);
    write('{}');
    await standsAt(web, 'in-force');
    expect(await statesOf(web)).toBeUndefined();
    web.program.child.kill('SIGTERM');
    await web.program.ended;
  }, 60_000);
});

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
