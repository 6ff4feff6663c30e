import { request as httpRequest } from 'node:http';
import { Module } from '@nestjs/common';
import { DiscoveryModule } from 'guichet/discovery';
import { BootProblems, BootError } from 'guichet/kernel';
import { internal, maybe, optional, Page, params, principal, query, required } from 'guichet/page';
import { RoutesModule } from 'guichet/routes';
import { fakeUpstream, type FakeUpstream, reply } from 'guichet/testing';
import { ThrottlingModule } from 'guichet/throttling';
import { HttpUpstream, Upstream, UpstreamModule } from 'guichet/upstream';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type Bff, startBff } from './start-bff.js';

const TOKEN = 'a-token-that-opens-it';
const PLANTED = 'planted-secret-0123456789';

@Upstream('catalog', { timeoutMs: 300, maxRetries: 0 })
class CatalogClient extends HttpUpstream {
  film(id: string) {
    return this.get('/films/:id', { params: { id } });
  }
  ratings(id: string) {
    return this.get('/films/:id/ratings', { params: { id } });
  }
}

@Page('films/:id', { budgetMs: 500 })
class FilmPage {
  constructor(private readonly catalog: CatalogClient) {}
  private readonly params = params(z.object({ id: z.string().max(20) }));
  private readonly query = query(z.object({ lang: z.string().optional() }));
  private readonly viewer = principal({ optional: true });

  readonly key = internal([this.params], ({ id }) => ({ id }));
  readonly film = required([this.key, this.query, this.viewer], ({ id }) => this.catalog.film(id));
  readonly ratings = optional([this.key], ({ id }) => this.catalog.ratings(id), { timeoutMs: 200 });
  readonly words = required([this.film, maybe(this.ratings)], () => ({ ok: true }));
}

const folder = mkdtempSync(join(tmpdir(), 'guichet-inspector-'));
const upstreamsFile = join(folder, 'upstreams.json');

@Module({
  imports: [
    DiscoveryModule.forRoot({ source: 'static', upstreamsFile }),
    UpstreamModule.forRoot({ clients: [CatalogClient] }),
    RoutesModule.forRoot([
      { path: '/api/films/:id', upstream: 'catalog', access: 'public', params: { id: /\d+/ }, summary: 'A film' },
      { path: '/api/ratings/:id', to: '/films/:id/ratings', upstream: 'catalog', access: { scopes: ['r'] }, cost: 2 },
      { path: '/api/broken/:id', to: '/films/:id/ratings', upstream: 'catalog', access: 'public', errors: 'problem' },
    ]),
    ThrottlingModule.forRoot({
      redisUrl: undefined,
      limits: { address: { tracker: 'address', limit: 9, windowMs: 60_000 } },
    }),
  ],
  controllers: [FilmPage],
})
class AppModule {}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  json<T>(): T;
}

describe('the inspector of an app', () => {
  let catalog: FakeUpstream;
  const running: Bff[] = [];

  beforeAll(async () => {
    jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
    jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
    catalog = await fakeUpstream({
      'GET /films/:id': () => reply(200, { title: PLANTED }),
      'GET /films/:id/ratings': () => reply(503, {}),
    });
    writeFileSync(upstreamsFile, JSON.stringify({ catalog: [`127.0.0.1:${catalog.port}`] }));
  });
  afterEach(async () => void (await Promise.all(running.splice(0).map(bff => bff.stop()))));
  afterAll(async () => {
    jest.restoreAllMocks();
    await catalog.close();
    rmSync(folder, { recursive: true });
  });

  async function start(environment: NodeJS.ProcessEnv = {}) {
    const ports = { PORT: '0', MANAGEMENT_PORT: '0' };
    const bff = await startBff(AppModule, { name: 'test' }, new BootProblems(), { ...ports, ...environment });
    running.push(bff);
    const page = (path: string, headers: Record<string, string> = {}) =>
      ask(`http://127.0.0.1:${bff.port}/pages/${path}`, { headers: { host: 'localhost', ...headers } });
    const look = (path: string, options: Asked = {}) =>
      ask(`http://127.0.0.1:${bff.managementPort}/inspector${path}`, options);
    const said = async <T>(path: string): Promise<T> => (await look(`/api/${path}`)).json<T>();
    return { bff, page, look, said };
  }

  it('tells every page’s plan, and what its sections were seen to ask', async () => {
    const { page, said } = await start();
    await page('films/7');
    const [plan] = await said<Record<string, unknown>[]>('pages');
    expect(plan).toMatchObject({
      name: 'FilmPage',
      method: 'GET',
      path: '/pages/films/:id',
      budgetMs: 500,
      inputs: ['params', 'query', 'principal'],
      parameters: [
        { name: 'id', in: 'path', isRequired: true },
        { name: 'lang', in: 'query', isRequired: false },
      ],
      sections: [
        { name: 'key', isInternal: true, level: 0, needs: [], calls: [] },
        {
          name: 'film',
          isRequired: true,
          level: 1,
          needs: [{ section: 'key', isTolerant: false }],
          calls: [{ upstream: 'catalog', call: 'GET /films/:id' }],
        },
        { name: 'ratings', isRequired: false, timeoutMs: 200, hasFallback: false },
        {
          name: 'words',
          level: 2,
          needs: [
            { section: 'film', isTolerant: false },
            { section: 'ratings', isTolerant: true },
          ],
        },
      ],
    });
  });

  it('tells every route, how it stands, and what became of its exchanges', async () => {
    const { bff, said, look } = await start();
    const pass = (path: string) =>
      ask(`http://127.0.0.1:${bff.port}/api/${path}`, {
        headers: { host: 'localhost', 'x-request-id': 'mine', authorization: `Bearer ${PLANTED}` },
      });
    const statuses = [];
    for (const path of [`films/7?q=${PLANTED}`, `films/${PLANTED}`, 'broken/8', 'ratings/7'])
      statuses.push((await pass(path)).status);
    expect(statuses).toEqual([200, 404, 502, 401]);
    const [film, ratings, broken] = await said<Record<string, unknown>[]>('routes');
    expect(film).toMatchObject({
      name: 'GET /api/films/:id',
      methods: ['GET'],
      upstream: 'catalog',
      to: '/films/:id',
      params: { id: '\\d+' },
      query: 'pass',
      access: 'public',
      identity: 'none',
      kind: 'exchange',
      cost: 1,
      limits: { maxConcurrent: 256, headersTimeoutMs: 10_000 },
      figures: { passing: 0, lasting: 0, outcomes: { answered: 1 }, failures: {} },
    });
    expect(ratings).toMatchObject({ access: 'scopes r', cost: 2, figures: { requests: 0, outcomes: {} } });
    expect(broken).toMatchObject({ figures: { requests: 1, failures: { 'upstream-status': 1 } } });
    const exchanges = await said<Record<string, unknown>[]>('exchanges');
    // What no guard or route lets through is no exchange.
    expect(exchanges.map(({ route, outcome, status, code }) => [route, outcome, status, code])).toEqual([
      ['GET /api/broken/:id', 'failed', 0, 'upstream-status'],
      ['GET /api/films/:id', 'answered', 200, ''],
    ]);
    expect(exchanges[1]).toMatchObject({
      requestId: 'mine',
      method: 'GET',
      sentBytes: JSON.stringify({ title: PLANTED }).length,
      attempts: [{ instance: `127.0.0.1:${catalog.port}`, kind: 'first', outcome: 'succeeded' }],
    });
    expect(await said<unknown[]>('exchanges?kept=failed')).toEqual([exchanges[0]]);
    expect(await said<unknown[]>('exchanges?route=GET+%2Fapi%2Ffilms%2F%3Aid')).toEqual([exchanges[1]]);
    const one = await look(`/api/exchanges/${String(exchanges[1]!['id'])}`);
    expect(one.json()).toMatchObject({
      ...exchanges[1],
      call: { upstream: 'catalog', call: 'GET /films/:id', outcome: 'succeeded', attempts: exchanges[1]!['attempts'] },
    });
    expect((await look('/api/exchanges')).text + one.text).not.toContain(PLANTED);
  });

  it('tells executions in short and from beginning to end, and of their values nothing', async () => {
    const { page, look, said } = await start();
    const identity = `Bearer ${PLANTED}`;
    expect((await page(`films/7?lang=${PLANTED}`, { 'x-request-id': 'mine', authorization: identity })).status).toBe(
      200,
    );
    const [execution] = await said<{ id: number }[]>('executions');
    expect(execution).toMatchObject({
      page: 'FilmPage',
      requestId: 'mine',
      status: 200,
      outcome: 'degraded',
      budgetMs: 500,
      troubled: [{ section: 'ratings', state: 'omitted', reason: 'upstream-status' }],
    });
    const told = await said<{ waterfall: object }>(`executions/${execution!.id}`);
    expect(told.waterfall).toMatchObject({
      outcome: 'degraded',
      criticalPath: expect.arrayContaining(['key']),
      sections: [
        { name: 'key' },
        { name: 'film', calls: [{ upstream: 'catalog', attempts: [{ status: 200, outcome: 'succeeded' }] }] },
        { name: 'ratings', outcome: 'omitted', calls: [{ attempts: [{ status: 503, code: 'upstream-status' }] }] },
        { name: 'words' },
      ],
    });
    for (const path of ['pages', 'executions', `executions/${execution!.id}`, 'upstreams', 'limits', 'configuration'])
      expect((await look(`/api/${path}`)).text).not.toContain(PLANTED);
  });

  it('filters executions', async () => {
    const { page, said } = await start();
    await page('films/7');
    await page(`films/${'x'.repeat(30)}`);
    const outcomes = async (asked: string) =>
      (await said<{ outcome: string }[]>(`executions?${asked}`)).map(({ outcome }) => outcome);
    expect(await outcomes('')).toEqual(['failed', 'degraded']);
    expect(await outcomes('outcome=failed')).toEqual(['failed']);
    expect(await outcomes('page=HomePage')).toEqual([]);
    expect(await outcomes('kept=asked')).toEqual([]);
    expect(await outcomes('kept=incomplete&page=FilmPage')).toEqual(['failed', 'degraded']);
  });

  it('tells how upstreams stand and what was counted', async () => {
    const { page, said } = await start();
    await page('films/7');
    expect(await said('upstreams')).toEqual([
      expect.objectContaining({
        name: 'catalog',
        breaker: { kind: 'closed', retryAfterMs: 0 },
        bulkhead: { active: 0, limit: 64, queued: 0, maxQueued: 64 },
        discovery: { state: 'fresh', ageMs: expect.any(Number) },
        counts: expect.objectContaining({ attempts: 2, failed: 1, codes: { 'upstream-status': 1 } }),
        instances: [
          expect.objectContaining({
            address: `127.0.0.1:${catalog.port}`,
            condition: { kind: 'serving' },
            share: 1,
            outstanding: 0,
          }),
        ],
      }),
    ]);
  });

  it('tells the limits', async () => {
    const { said } = await start();
    expect(await said('limits')).toMatchObject({
      throttling: { store: 'memory', limits: [{ name: 'address', limit: 9, windowMs: 60_000, blockMs: 0 }] },
      door: { inFlight: 0, gates: [{ page: 'FilmPage', priority: 'normal', inFlight: 0, shed: 0 }] },
    });
  });

  it('tells the configuration as it holds, and where it comes from', async () => {
    const { look, bff } = await start({ INSPECTOR_TOKEN: TOKEN });
    const answer = await look('/api/configuration', { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(answer.text).not.toContain(TOKEN);
    const all = answer.json<{ where: string; options: object[] }[]>();
    const optionsOf = (where: string) => all.find(one => one.where === where)!.options;
    expect(optionsOf('bff')).toContainEqual({ path: 'name', value: bff.name, origin: 'code' });
    expect(optionsOf('management')).toContainEqual({ path: 'port', value: 0, origin: 'MANAGEMENT_PORT' });
    expect(optionsOf('inspector')).toContainEqual({ path: 'token', value: '•••', origin: 'INSPECTOR_TOKEN' });
    expect(optionsOf('upstream catalog')).toContainEqual({
      path: 'timeoutMs',
      value: 300,
      origin: "timeoutMs (@Upstream('catalog'))",
    });
    expect(optionsOf('upstream catalog')).toContainEqual({ path: 'maxConcurrent', value: 64, origin: 'default' });
  });

  it('tells what happens, as it happens', async () => {
    const { bff, page } = await start();
    const stop = new AbortController();
    const stream = await fetch(`http://127.0.0.1:${bff.managementPort}/inspector/api/live`, { signal: stop.signal });
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    await page('films/7', { 'x-request-id': 'seen-live' });
    let told = '';
    for await (const chunk of stream.body!) {
      told += Buffer.from(chunk).toString();
      if (told.includes('seen-live') && told.includes('event: upstreams')) break;
    }
    expect(told).toMatch(/event: executions\ndata: \{"latest":\[\{"id":1,"page":"FilmPage","requestId":"seen-live"/);
    stop.abort();
  });

  describe('tries a page', () => {
    const post = (body: unknown): Asked => ({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

    it('as any client would, and knows the execution that answered', async () => {
      const { look, said } = await start();
      const answer = await look('/api/try', post({ page: 'FilmPage', params: { id: 'a b' }, query: [['lang', 'de']] }));
      const tried = answer.json<{ body: string; execution: number }>();
      expect(tried).toMatchObject({ path: '/pages/films/a%20b?lang=de', status: 200, isCut: false });
      expect(JSON.parse(tried.body)).toMatchObject({ film: { title: PLANTED }, words: { ok: true } });
      expect(await said(`executions/${tried.execution}`)).toMatchObject({ page: 'FilmPage', outcome: 'degraded' });
    });

    it('shows the app an access token, and nobody else', async () => {
      const { look } = await start();
      await look('/api/try', post({ page: 'FilmPage', params: { id: '7' }, token: PLANTED }));
      for (const path of ['executions', 'executions/1', 'configuration'])
        expect((await look(`/api/${path}`)).text).not.toContain(PLANTED);
    });

    it.each<[string, Asked]>([
      ['a page that is none', post({ page: 'OtherPage' })],
      ['without what its path needs', post({ page: 'FilmPage' })],
      ['a step out of the page’s address', post({ page: 'FilmPage', params: { id: '..' } })],
      ['with a header slipped into the token', post({ page: 'FilmPage', params: { id: '7' }, token: 'a\r\nX: y' })],
      ['with what nobody asked for', post({ page: 'FilmPage', params: { id: '7' }, url: 'http://elsewhere' })],
      ['with no JSON', { ...post({}), body: '{' }],
      ['with a body that is too large', post({ page: 'FilmPage', params: { id: 'x'.repeat(20_000) } })],
      ['by a form', { ...post({ page: 'FilmPage', params: { id: '7' } }), headers: { 'content-type': 'text/plain' } }],
    ])('not %s', async (_, asked) => {
      const { look, said } = await start();
      expect((await look('/api/try', asked)).status).toBe(400);
      expect(await said('executions')).toEqual([]);
    });
  });

  describe('keeps its door', () => {
    it('shows itself to this machine under its own name alone', async () => {
      const { look } = await start();
      for (const path of ['/', '/api/app', '/api/live']) {
        const refused = await look(path, { headers: { host: 'evil.example' } });
        expect(refused.status).toBe(403);
      }
      expect((await look('/api/app')).status).toBe(200);
    });

    it('tells browsers to load nothing from elsewhere and to let no page frame or read it', async () => {
      const { look } = await start();
      for (const path of ['/', '/api/app', '/nothing.js']) {
        const { headers } = await look(path);
        expect(headers['content-security-policy']).toBe(
          "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'",
        );
        expect(headers['x-frame-options']).toBe('DENY');
        expect(headers['x-content-type-options']).toBe('nosniff');
        expect(headers['access-control-allow-origin']).toBeUndefined();
      }
    });

    it('wants to know its token, where it has one', async () => {
      const { look } = await start({ INSPECTOR_TOKEN: TOKEN });
      const [refused, wrong] = [
        await look('/api/app'),
        await look('/api/app', { headers: { authorization: 'Bearer no' } }),
      ];
      expect([refused.status, wrong.status]).toEqual([401, 401]);
      expect(refused.headers['www-authenticate']).toBe('Bearer realm="inspector"');
      const json = { 'content-type': 'application/json' };
      const login = (token: string) =>
        look('/api/login', { method: 'POST', headers: json, body: JSON.stringify({ token }) });
      expect((await login('wrong')).status).toBe(401);
      const [cookie] = (await login(TOKEN)).headers['set-cookie'] as string[];
      expect((await look('/api/app', { headers: { cookie: cookie!.split(';')[0]! } })).status).toBe(200);
      const foreign = { cookie: cookie!.split(';')[0]!, origin: 'https://evil.example' };
      expect((await look('/api/app', { headers: foreign })).status).toBe(403);
    });

    it.each([
      ['GET', '/api/try', 405],
      ['POST', '/api/app', 405],
      ['DELETE', '/', 405],
      ['GET', '/api/__proto__', 404],
      ['GET', '/api/constructor', 404],
      ['GET', '/api/executions/999', 404],
      ['GET', '/api/executions/__proto__', 404],
      ['GET', '/api/exchanges/999', 404],
      ['GET', '/api/exchanges/1e0', 404],
      ['POST', '/api/exchanges/1', 405],
      ['GET', '/api/app/more', 404],
    ])('answers %s %s with %i', async (method, path, status) => {
      const { look } = await start();
      expect((await look(path, { method })).status).toBe(status);
    });
  });

  it.each<[string, NodeJS.ProcessEnv]>([
    ['in production', { NODE_ENV: 'production', ALLOWED_HOSTS: 'localhost' }],
    ['where it is switched off', { INSPECTOR: 'off' }],
  ])('is not there %s', async (_, environment) => {
    const { page, look } = await start(environment);
    await page('films/7');
    expect((await look('/')).status).toBe(404);
    expect((await look('/api/app')).status).toBe(404);
  });

  it('is there in production with a token', async () => {
    const { look } = await start({ NODE_ENV: 'production', ALLOWED_HOSTS: 'localhost', INSPECTOR_TOKEN: TOKEN });
    const answer = await look('/api/app', { headers: { host: 'pod-1:9000', authorization: `Bearer ${TOKEN}` } });
    expect(answer.json()).toMatchObject({ name: 'test', environment: 'production', isLocked: true });
  });

  it('stops the boot with a token that anybody could guess', async () => {
    await expect(start({ INSPECTOR_TOKEN: 'guess' })).rejects.toBeInstanceOf(BootError);
  });
});

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** `fetch` lets nobody choose the host. */
function ask(url: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method, headers, agent: false }, response => {
      const done = (text: string): void =>
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          text,
          json: () => JSON.parse(text) as never,
        });
      // A stream of events does not end.
      if (response.headers['content-type']?.includes('event-stream')) {
        response.destroy();
        done('');
        return;
      }
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => done(text));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
