import { type Bff, startBff } from './support/bff.js';
import { fiftyFilms, films, type RawFilm } from './support/films.js';
import { type Answer, request } from './support/http.js';
import { measured } from './support/measured.js';
import { startAllServices } from './support/services.js';

const bffs = ['web', 'mobile'] as const;
let running: Record<(typeof bffs)[number], Bff>;

beforeAll(async () => {
  const { upstreamsFile } = await startAllServices();
  const env = { DISCOVERY: 'static', UPSTREAMS_FILE: upstreamsFile };
  const [web, mobile] = await Promise.all(bffs.map(name => startBff(name, env)));
  running = { web: web!, mobile: mobile! };
});

const get = (bff: (typeof bffs)[number], path: string): Promise<Answer> => request(`${running[bff].url}${path}`);

describe.each(bffs)('the %s BFF', bff => {
  it.each(['/pages/films/1', '/pages/home', '/pages/search?query=star'])('serves %s fresh and whole', async path => {
    const { status, headers, json } = await get(bff, path);
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(headers['page-complete']).toBe('?1');
    const payload = json() as object;
    expect(Object.keys(payload).length).toBeGreaterThan(1);
    expect(payload).not.toHaveProperty('_sections');
  });

  it('is live, ready and started on both ports, and tells details to operators alone', async () => {
    const { url, managementUrl } = running[bff];
    for (const path of ['/health/live', '/health/ready', '/health/startup']) {
      for (const base of [url, managementUrl]) {
        const { status, json } = await request(`${base}${path}`);
        expect([base, path, status, json()]).toEqual([base, path, 200, { status: 'ok' }]);
      }
    }
    const asked = '/health/ready?verbose';
    expect((await request(`${url}${asked}`)).json()).toEqual({ status: 'ok' });
    expect((await request(`${managementUrl}${asked}`)).json()).toHaveProperty(
      ['details', 'upstream catalog', 'instances'],
      1,
    );
  });

  it('serves its documentation for people', async () => {
    const { status, body } = await get(bff, '/docs');
    expect(status).toBe(200);
    expect(body).toContain('swagger-ui');
  });

  const dirty: [string, (film: RawFilm) => boolean][] = [
    ['a number for a title', ({ title }) => typeof title === 'number'],
    ['no title', ({ title }) => title === null],
    ['no ratings', ({ imdb, rottenTomatoes }) => imdb === null && rottenTomatoes === null],
    ['a year that is missing or a century late', ({ releaseDate }) => !(Number(releaseDate?.slice(-4)) <= 2011)],
  ];
  it.each(dirty)('serves films with %s', async (_, isDirty) => {
    const found = films.filter(isDirty).slice(0, 5);
    expect(found.length).toBeGreaterThan(0);
    for (const { id } of found) {
      const { status, headers } = await get(bff, `/pages/films/${id}`);
      expect([id, status, headers['page-complete']]).toEqual([id, 200, '?1']);
    }
  });
});

describe('/openapi.json', () => {
  it.each([
    ['web', ['POST /pages/orders', 'POST /pages/watchlist']],
    ['mobile', ['POST /pages/orders']],
  ] as const)('describes all pages and commands of the %s BFF', async (bff, commands) => {
    const document = (await get(bff, '/openapi.json')).json() as { paths: Record<string, Record<string, Operation>> };
    const pages = Object.entries(document.paths).filter(([path]) => path.startsWith('/pages/'));
    const operations = pages.flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
    );
    expect(operations.map(({ name }) => name).sort()).toEqual([
      'GET /pages/account',
      'GET /pages/films/{id}',
      'GET /pages/home',
      'GET /pages/search',
      ...commands,
    ]);
    for (const { name, operation } of operations) {
      const [, answer] = Object.entries(operation.responses).find(([status]) => status.startsWith('2')) ?? [];
      expect([name, schemaOf(answer)]).toEqual([
        name,
        expect.objectContaining({ properties: expect.anything() as object }),
      ]);
    }
  });
});

describe('the mobile payload', () => {
  const kinds: [string, readonly string[]][] = [
    ['film', fiftyFilms.map(({ id }) => `/pages/films/${id}`)],
    [
      'search',
      fiftyFilms.map(({ title }) => `/pages/search?query=${encodeURIComponent(String(title).slice(0, 3).trim())}`),
    ],
    ['home', ['/pages/home']],
  ];
  it.each(kinds)("of the %s page has at most a quarter of the web payload's bytes", async (kind, paths) => {
    const bytes = { web: 0, mobile: 0 };
    for (const path of paths) {
      for (const bff of bffs) {
        const { status, body } = await get(bff, path);
        expect([bff, path, status]).toEqual([bff, path, 200]);
        bytes[bff] += Buffer.byteLength(body);
      }
    }
    measured(
      `${kind}: mobile / web bytes over ${paths.length} pages`,
      `${bytes.mobile} / ${bytes.web} = ${(bytes.mobile / bytes.web).toFixed(3)}`,
    );
    expect(bytes.mobile).toBeLessThanOrEqual(bytes.web / 4);
  });
});

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Record<string, { readonly schema?: unknown }> }>>;
}

function schemaOf(answer: Operation['responses'][string] | undefined): unknown {
  return answer?.content?.['application/json']?.schema;
}
