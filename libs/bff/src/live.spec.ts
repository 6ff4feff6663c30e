import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module, UseGuards } from '@nestjs/common';
import { DiscoveryModule } from 'guichet/discovery';
import { BootError, BootProblems } from 'guichet/kernel';
import { LiveConfiguration } from 'guichet/live';
import { optional, Page, params, required } from 'guichet/page';
import { fakeUpstream, type FakeUpstream, reply } from 'guichet/testing';
import { AddressThrottlerGuard, ThrottlingModule } from 'guichet/throttling';
import { HttpUpstream, Upstream, UpstreamModule, UpstreamRegistry } from 'guichet/upstream';
import { z } from 'zod';
import { type Bff, startBff } from './start-bff.js';

@Upstream('catalog', { timeoutMs: 5_000, maxRetries: 0, maxConcurrent: 500, maxQueued: 500 })
class CatalogClient extends HttpUpstream {
  film(id: string) {
    return this.get('/films/:id', { params: { id } });
  }
  ratings(id: string) {
    return this.get('/films/:id/ratings', { params: { id } });
  }
}

@UseGuards(AddressThrottlerGuard)
@Page('films/:id', { budgetMs: 10_000 })
class FilmPage {
  constructor(private readonly catalog: CatalogClient) {}
  private readonly params = params(z.object({ id: z.string().max(20) }));

  readonly film = required([this.params], ({ id }) => this.catalog.film(id));
  /** These three are switched together, whatever they need. */
  readonly ratings = optional([this.params], ({ id }) => this.catalog.ratings(id));
  readonly words = optional([this.film], () => 'words', { fallback: 'none' });
  readonly last = optional([this.film, this.words], (_, words) => `last ${words}`);
}

const folder = mkdtempSync(join(tmpdir(), 'guichet-live-'));
const upstreamsFile = join(folder, 'upstreams.json');

@Module({
  imports: [
    DiscoveryModule.forRoot({ source: 'static', upstreamsFile }),
    UpstreamModule.forRoot({ clients: [CatalogClient] }),
    ThrottlingModule.forRoot({
      redisUrl: undefined,
      limits: { address: { tracker: 'address', limit: 1_000_000, windowMs: 60_000 } },
    }),
  ],
  controllers: [FilmPage],
})
class AppModule {}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Record<string, unknown> & { _sections?: Record<string, { state: string; reason: string }> };
}

jest.setTimeout(60_000);

describe('an app whose settings change while it runs', () => {
  let catalog: FakeUpstream;
  const running: Bff[] = [];
  const agent = new Agent({ keepAlive: true });

  beforeAll(async () => {
    jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
    jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
    catalog = await fakeUpstream({
      'GET /films/:id': () => reply(200, { title: 'Alien' }),
      'GET /films/:id/ratings': () => reply(200, { stars: 5 }),
    });
    writeFileSync(upstreamsFile, JSON.stringify({ catalog: [`127.0.0.1:${catalog.port}`] }));
  });
  afterEach(async () => void (await Promise.all(running.splice(0).map(bff => bff.stop()))));
  afterAll(async () => {
    jest.restoreAllMocks();
    agent.destroy();
    await catalog.close();
    rmSync(folder, { recursive: true });
  });

  async function start(environment: NodeJS.ProcessEnv = {}): Promise<Bff> {
    const bff = await startBff(
      AppModule,
      { name: 'demo', port: 0, management: { port: 0 }, docs: false, shedding: { isOn: false } },
      new BootProblems(),
      { LIVE_CONFIGURATION: 'file', LIVE_CONFIGURATION_FILE: join(folder, 'none.json'), ...environment },
    );
    running.push(bff);
    // From here on documents come from the test alone.
    if (environment['LIVE_CONFIGURATION'] !== 'off') await bff.app.get(LiveConfiguration, { strict: false }).close();
    return bff;
  }

  function get(port: number, path: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      httpRequest({ port, path, agent }, response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode: status = 0, headers } = response;
          resolve({ status, headers, body: JSON.parse(Buffer.concat(chunks).toString()) as Answer['body'] });
        });
      })
        .on('error', reject)
        .end();
    });
  }

  function find(bff: Bff, document: unknown): LiveConfiguration {
    const live = bff.app.get(LiveConfiguration, { strict: false });
    live.found({ bytes: Buffer.from(JSON.stringify(document)), index: undefined });
    return live;
  }

  const switched = (isOn: boolean) => ({ ratings: { isOn }, words: { isOn }, last: { isOn } });

  it('leaves out or falls back for what is switched off, and asks nobody for it', async () => {
    const bff = await start();
    expect((await get(bff.port, '/pages/films/1')).headers['page-complete']).toBe('?1');
    find(bff, { pages: { FilmPage: { sections: switched(false) } } });
    const before = catalog.requests.length;
    const { status, headers, body } = await get(bff.port, '/pages/films/1');
    expect(catalog.requests.length).toBe(before + 1);
    expect([status, headers['page-complete'], headers['cache-control']]).toEqual([200, '?0', 'no-store']);
    expect(body).toEqual({
      film: { title: 'Alien' },
      words: 'none',
      _sections: {
        ratings: { state: 'omitted', reason: 'switched-off' },
        words: { state: 'fallback', reason: 'switched-off' },
        last: { state: 'omitted', reason: 'switched-off' },
      },
    });
    find(bff, {});
    expect((await get(bff.port, '/pages/films/1')).headers['page-complete']).toBe('?1');
  });

  it('loses and mixes nothing by 1000 documents under load, a tenth of them invalid', async () => {
    const bff = await start();
    const live = bff.app.get(LiveConfiguration, { strict: false });
    const catalogRuntime = bff.app.get(UpstreamRegistry, { strict: false }).upstream('catalog');
    const load = { isOver: false };
    const outcomes = { whole: 0, off: 0, wrong: [] as unknown[] };
    const client = async (): Promise<void> => {
      while (!load.isOver) {
        const { status, body } = await get(bff.port, '/pages/films/1');
        const reasons = Object.values(body._sections ?? {}).map(({ reason }) => reason);
        if (status === 200 && reasons.length === 0 && body['last'] === 'last words') outcomes.whole++;
        else if (status === 200 && reasons.join() === 'switched-off,switched-off,switched-off') outcomes.off++;
        else outcomes.wrong.push(status, body);
      }
    };
    const clients = Array.from({ length: 16 }, client);
    let last = -1;
    for (let n = 0; n < 1_000; n++) {
      const isInvalid = n % 10 === 5;
      find(bff, {
        pages: { FilmPage: { budgetMs: 9_000 - n, sections: switched(n % 2 === 0) } },
        upstreams: { catalog: { timeoutMs: isInvalid ? '5s' : 2_000 + n, maxConcurrent: 400 + (n % 7) } },
        limits: { address: { limit: 500_000 + n } },
      });
      if (!isInvalid) last = n;
      expect([live.isWell, catalogRuntime.config.timeoutMs]).toEqual([!isInvalid, 2_000 + last]);
      await new Promise(setImmediate);
    }
    load.isOver = true;
    await Promise.all(clients);
    expect(outcomes.wrong).toEqual([]);
    expect(outcomes.whole).toBeGreaterThan(0);
    expect(outcomes.off).toBeGreaterThan(0);
    expect(live.state.inForce.document).toMatchObject({ upstreams: { catalog: { timeoutMs: 2_999 } } });
    const metrics = await fetch(`http://127.0.0.1:${bff.managementPort}/metrics`).then(answer => answer.text());
    expect(metrics).toContain('guichet_live_documents_total{outcome="applied"} 900');
    expect(metrics).toContain('guichet_live_documents_total{outcome="invalid"} 100');
  });

  it('lets a request that is under way end by what it began with, its later calls included', async () => {
    const bff = await start();
    let release = (): void => {};
    const arrived = new Promise<void>(resolve => {
      catalog.on('GET /films/:id', () => {
        resolve();
        return new Promise(answer => (release = () => answer(reply(200, { title: 'Alien' }))));
      });
    });
    const under = get(bff.port, '/pages/films/7');
    await arrived;
    find(bff, { pages: { FilmPage: { budgetMs: 1, sections: switched(false) } } });
    release();
    const { status, body } = await under;
    catalog.on('GET /films/:id', () => reply(200, { title: 'Alien' }));
    expect([status, body['last'], body._sections]).toEqual([200, 'last words', undefined]);
  });

  it('limits by the numbers that hold when a request arrives', async () => {
    const bff = await start();
    expect((await get(bff.port, '/pages/films/1')).headers['ratelimit-policy']).toBe('"address";q=1000000;w=60');
    find(bff, { limits: { address: { limit: 3 } } });
    const answers = [await get(bff.port, '/pages/films/1'), await get(bff.port, '/pages/films/1')];
    // A page costs one unit for each call: the second would go beyond three.
    expect(answers.map(({ status }) => status)).toContain(429);
    expect(answers[0]!.headers['ratelimit-policy']).toBe('"address";q=3;w=60');
    find(bff, {});
    expect((await get(bff.port, '/pages/films/1')).status).toBe(200);
  });

  it.each([
    [
      'a required section switched off',
      { pages: { FilmPage: { sections: { film: { isOn: false } } } } },
      'pages.FilmPage.sections.film.isOn',
      'required and has no fallback',
    ],
    [
      'a required chain that does not fit its budget',
      { pages: { FilmPage: { budgetMs: 300, sections: { film: { timeoutMs: 400 } } } } },
      'pages.FilmPage.sections.film',
      'does not fit the page',
    ],
    [
      'a budget that the end would not wait for',
      { pages: { FilmPage: { budgetMs: 20_000 } } },
      'pages.FilmPage.budgetMs',
      'end of the app',
    ],
    ['a page that is none', { pages: { FilmsPage: {} } }, 'pages.FilmsPage', 'unknown option'],
    [
      'a section that is none',
      { pages: { FilmPage: { sections: { films: {} } } } },
      'pages.FilmPage.sections.films',
      'unknown option',
    ],
    ['an upstream that is none', { upstreams: { orders: {} } }, 'upstreams.orders', 'unknown option'],
    [
      'an option that is fixed at boot',
      { upstreams: { catalog: { scheme: 'https' } } },
      'upstreams.catalog.scheme',
      'unknown option',
    ],
    ['a unit', { upstreams: { catalog: { timeoutMs: '2s' } } }, 'upstreams.catalog.timeoutMs', 'expected number'],
    ['an out-of-range number', { upstreams: { catalog: { maxRetries: 9 } } }, 'upstreams.catalog.maxRetries', '<=3'],
    ['a limit that is none', { limits: { nobody: { limit: 1 } } }, 'limits.nobody', 'unknown option'],
    [
      'a limit of another kind',
      { limits: { address: { tracker: 'principal' } } },
      'limits.address.tracker',
      'unknown option',
    ],
  ])('refuses %s', async (_, document, path, message) => {
    const live = find(await start(), document);
    const { condition, refused } = live.state;
    expect([condition, refused!.problems[0]!.path]).toEqual(['invalid', path]);
    expect(refused!.problems[0]!.message).toContain(message);
  });

  it('shows operators what is in force and what is not: health, the management port, the inspector', async () => {
    const bff = await start();
    const manage = async <T>(path: string): Promise<T> =>
      (await fetch(`http://127.0.0.1:${bff.managementPort}${path}`)).json() as Promise<T>;
    const document = { pages: { FilmPage: { sections: { ratings: { timeoutMs: 70, isOn: false } } } } };
    const { version } = find(bff, { ...document, upstreams: { catalog: { timeoutMs: 90 } } }).state.inForce;
    find(bff, { upstreams: { catalog: { timeoutMs: 0 } } });
    const { details } = await manage<{ details: Record<string, unknown> }>('/health/ready?verbose');
    expect(details['live configuration']).toMatchObject({
      status: 'degraded',
      condition: 'invalid',
      version,
    });
    expect((await get(bff.port, '/health/ready')).status).toBe(200);
    const problem = { path: 'upstreams.catalog.timeoutMs', value: '0', mend: 'set it to at least 1' };
    for (const path of ['/live-configuration', '/inspector/api/live-configuration'])
      expect(await manage(path)).toMatchObject({
        condition: 'invalid',
        inForce: { version, document },
        refused: { problems: [problem] },
      });
    const options = await manage<{ where: string; options: unknown[] }[]>('/inspector/api/configuration');
    const origin = `file ${join(folder, 'none.json')} (${version})`;
    expect(options.find(({ where }) => where === 'upstream catalog')!.options).toContainEqual({
      path: 'timeoutMs',
      value: 90,
      origin,
    });
    expect(options.find(({ where }) => where === 'page FilmPage')!.options).toEqual([
      { path: 'sections.ratings.timeoutMs', value: 70, origin },
      { path: 'sections.ratings.isOn', value: false, origin },
    ]);
    const [page] = await manage<{ sections: { name: string }[] }[]>('/inspector/api/pages');
    expect(page!.sections.find(({ name }) => name === 'ratings')).toMatchObject({
      timeoutMs: 70,
      isOn: false,
    });
  });

  it('costs nothing where it is off, and stops the boot where it cannot be meant', async () => {
    const bff = await start({ LIVE_CONFIGURATION: 'off' });
    expect(() => bff.app.get(LiveConfiguration, { strict: false })).toThrow('LiveConfiguration');
    const metrics = await fetch(`http://127.0.0.1:${bff.managementPort}/metrics`).then(answer => answer.text());
    expect(metrics).not.toContain('guichet_live');
    const shown = await fetch(`http://127.0.0.1:${bff.managementPort}/live-configuration`);
    expect(shown.status).toBe(404);
    const problems = new BootProblems();
    const boot = startBff(AppModule, { name: 'demo', port: 0, management: { port: 0 } }, problems, {
      LIVE_CONFIGURATION: 'file',
      PORT: '0',
    });
    await expect(boot).rejects.toThrow(BootError);
    expect(problems.all).toMatchObject([{ where: 'live', path: 'LIVE_CONFIGURATION_FILE', message: 'is missing' }]);
    const wrong = startBff(AppModule, { name: 'demo', port: 0, management: { port: 0 } }, new BootProblems(), {
      LIVE_CONFIGURATION: 'etcd',
    });
    await expect(wrong).rejects.toThrow(/LIVE_CONFIGURATION: .*etcd/s);
  });
});
