import { as, type Bff, startBff } from './support/bff.js';
import { type Answer, request, sendRaw } from './support/http.js';
import { linesOf, type LogLine, logLines } from './support/log-lines.js';
import { type AllServices, fault, heal, requestsOf, serviceNames, startAllServices } from './support/services.js';
import { until } from './support/until.js';

let services: AllServices;
let web: Bff;
let next = 0;

beforeAll(async () => {
  services = await startAllServices();
  web = await startBff('web', { DISCOVERY: 'static', UPSTREAMS_FILE: services.upstreamsFile, LOG_FORMAT: 'json' });
});

afterEach(async () => {
  for (const name of serviceNames) await heal(services.byName[name]);
});

/** Sends a request and waits for what is logged of it. */
async function logged(
  path: string,
  options: Parameters<typeof request>[1] = {},
): Promise<{ readonly answer: Answer; readonly lines: readonly LogLine[] }> {
  const id = `logs-${++next}`;
  const answer = await request(web.url + path, { ...options, headers: { ...options.headers, 'X-Request-Id': id } });
  return { answer, lines: await linesFor(id) };
}

async function linesFor(id: string): Promise<readonly LogLine[]> {
  await until(`${id} is logged`, () => linesOf(web.program, id).length > 0);
  // Whatever else was said of it is out once a later request is.
  const later = `${id}-later`;
  await request(`${web.url}/nowhere`, { headers: { 'X-Request-Id': later } });
  await until(`${later} is logged`, () => linesOf(web.program, later).length > 0);
  return linesOf(web.program, id);
}

describe('a request leaves one line', () => {
  it('that tells of a page: which, how it ended, how long it took, how many bytes', async () => {
    // The first of a process are slow: a section may be late.
    await until('the page is whole', async () => {
      const { headers } = await request(`${web.url}/pages/films/1`);
      return headers['page-complete'] === '?1';
    });
    const { answer, lines } = await logged('/pages/films/1?secret=1', {
      headers: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00` },
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'info',
      app: 'web',
      pid: web.program.pid,
      context: 'Request',
      traceId: 'a'.repeat(32),
      method: 'GET',
      route: '/pages/films/:id',
      page: 'FilmPage',
      status: 200,
      bytes: Buffer.byteLength(answer.body),
      outcome: 'complete',
      msg: 'request',
    });
    expect(lines[0]!['ms']).toBeGreaterThan(0);
    expect(Date.now() - Number(lines[0]!['time'])).toBeLessThan(60_000);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it.each([
    ['of a page with bad input', '/pages/films/x', { status: 400, code: 'invalid-input', page: 'FilmPage' }],
    ['of what an upstream does not have', '/pages/films/99999', { status: 404, code: 'upstream-status' }],
    ['of a caller nobody knows', '/pages/account', { status: 401, route: '/pages/account' }],
    ['of what is not there', '/some/where?token=t', { status: 404, code: 'not-found' }],
    ['of a file of the client', '/favicon.svg', { status: 200, route: '/favicon.svg', outcome: 'complete' }],
    ['of a client’s own route', '/films/1', { status: 200, route: '/*' }],
  ])('%s', async (_, path, fields) => {
    const headers = path === '/films/1' ? { Accept: 'text/html' } : {};
    const { answer, lines } = await logged(path, { headers });
    expect(answer.status).toBe(fields.status);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 'info', context: 'Request', ...fields });
    expect(lines[0]).not.toHaveProperty('error');
    expect(lines[0]).not.toHaveProperty('waterfall');
  });

  it('without a path, where nobody has the route', async () => {
    const { answer, lines } = await logged('/reset/5f0c4e', { method: 'PUT' });
    expect(answer.status).toBe(404);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toHaveProperty('route');
    expect(lines[0]).not.toHaveProperty('path');
  });

  it('of a URL that the router cannot read', async () => {
    const id = 'logs-unreadable';
    const answer = await sendRaw(
      web.port,
      `GET /pages/films/%zz HTTP/1.1\r\nHost: 127.0.0.1:${web.port}\r\nX-Request-Id: ${id}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(await linesFor(id)).toMatchObject([{ level: 'info', status: 400, code: 'bad-request', outcome: 'failed' }]);
  });

  it('of a client that left', async () => {
    const id = 'logs-departed';
    await fault(services.byName.catalog, { delayMs: 5_000 });
    const leaving = new AbortController();
    const page = request(`${web.url}/pages/films/1`, { headers: { 'X-Request-Id': id }, signal: leaving.signal });
    page.catch(() => undefined);
    await until('the catalog is asked', async () => (await requestsOf(services.byName.catalog)).length > 0);
    leaving.abort();
    await expect(page).rejects.toThrow();
    const lines = await linesFor(id);
    expect(lines).toMatchObject([{ level: 'info', outcome: 'departed', page: 'FilmPage' }]);
    expect(lines[0]).not.toHaveProperty('status');
  });

  it('but none of a probe', async () => {
    await request(`${web.url}/health/ready`, { headers: { 'X-Request-Id': 'logs-probe' } });
    await logged('/pages/films/1');
    expect(linesOf(web.program, 'logs-probe')).toEqual([]);
  });

  it('where it is signed in, nobody’s name or token', async () => {
    const headers = await as('mia');
    const { answer, lines } = await logged('/pages/account', { headers });
    expect(answer.status).toBeLessThan(500);
    expect(lines).toHaveLength(1);
    expect(web.program.stdout).not.toContain(headers.Authorization.slice('Bearer '.length));
  });
});

describe('the line of a page that is not whole or slow tells where it went', () => {
  it('a section that fell back, with its reason and instance', async () => {
    const { host, port } = services.byName.ratings;
    await fault(services.byName.ratings, { status: 500 });
    const { lines } = await logged('/pages/films/1');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'warn',
      status: 200,
      outcome: 'degraded',
      waterfall: {
        budgetMs: expect.any(Number) as number,
        path: expect.stringMatching(/^\w+( > \w+)*$/) as string,
        bound: { section: expect.any(String) as string, ms: expect.any(Number) as number },
        sections: {
          film: { outcome: 'fresh' },
          ratings: { outcome: 'omitted', reason: 'upstream-status', instance: `${host}:${port}`, status: 500 },
        },
      },
    });
  });

  it('a page that failed, with what was thrown', async () => {
    await fault(services.byName.catalog, { status: 500 });
    const { answer, lines } = await logged('/pages/films/1');
    expect(answer.status).toBe(502);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'warn',
      status: 502,
      outcome: 'failed',
      code: 'upstream-status',
      error: expect.stringContaining('answered 500') as string,
      waterfall: { sections: { film: { outcome: 'failed', reason: 'upstream-status', status: 500 } } },
    });
  });

  it('a slow one, whole as it is', async () => {
    // FilmPage's budget is 800 ms.
    await fault(services.byName.ratings, { delayMs: 150 });
    await fault(services.byName.catalog, { delayMs: 250 });
    await fault(services.byName.pricing, { delayMs: 200 });
    const { lines } = await logged('/pages/films/1');
    const told = lines.find(line => line['slow'] === true);
    expect(told).toMatchObject({ slow: true, waterfall: { bound: { section: 'film' } } });
    expect((told!['waterfall'] as { path: string }).path).toMatch(/^film > /);
  });
});

it('every line it ever wrote is JSON, with a level, a time and who says it', () => {
  const lines = logLines(web.program);
  expect(lines.length).toBeGreaterThan(20);
  for (const line of lines) {
    expect(line).toMatchObject({
      level: expect.stringMatching(/^(trace|debug|info|warn|error|fatal)$/) as string,
      time: expect.any(Number) as number,
      context: expect.any(String) as string,
      msg: expect.any(String) as string,
    });
  }
});

it('loses nothing at its end', async () => {
  const lasting = await startBff('web', {
    DISCOVERY: 'static',
    UPSTREAMS_FILE: services.upstreamsFile,
    LOG_FORMAT: 'json',
  });
  const ids = Array.from({ length: 50 }, (_, n) => `last-${n}`);
  await Promise.all(ids.map(id => request(`${lasting.url}/pages/films/1`, { headers: { 'X-Request-Id': id } })));
  expect(await lasting.program.end()).toMatchObject({ code: 0 });
  for (const id of ids) expect(linesOf(lasting.program, id)).toHaveLength(1);
  expect(logLines(lasting.program).at(-1)).toMatchObject({
    context: 'Drain',
    msg: expect.stringMatching(/^ended, \d+ ms after it began$/),
  });
});

it('serves on, and ends, when nobody reads its log any more', async () => {
  const unread = await startBff('web', {
    DISCOVERY: 'static',
    UPSTREAMS_FILE: services.upstreamsFile,
    LOG_FORMAT: 'json',
  });
  unread.program.child.stdout!.destroy();
  for (let n = 0; n < 3; n++) expect((await request(`${unread.url}/pages/films/1`)).status).toBe(200);
  expect(await unread.program.end()).toMatchObject({ code: 0 });
});

it('is silent about requests where it is told so, but not about what broke', async () => {
  const quiet = await startBff('web', {
    DISCOVERY: 'static',
    UPSTREAMS_FILE: services.upstreamsFile,
    LOG_FORMAT: 'json',
    LOG_REQUESTS: 'off',
  });
  await fault(services.byName.catalog, { status: 500 });
  const headers = { 'X-Request-Id': 'quiet-1' };
  expect((await request(`${quiet.url}/pages/films/1`, { headers })).status).toBe(502);
  await quiet.program.end();
  const lines = logLines(quiet.program);
  expect(lines.filter(({ context }) => context === 'Request')).toEqual([]);
  expect(lines.filter(({ requestId }) => requestId === 'quiet-1')).toMatchObject([
    { level: 'warn', context: 'Problem', msg: expect.stringContaining('502 upstream-status') as string },
  ]);
});
