import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GuichetMap, mapText } from 'guichet/map';
import type { Waterfall } from 'guichet/observability';
import { as, type Bff, startBff } from './support/bff.js';
import { fiftyFilms } from './support/films.js';
import { type Answer, request, type RequestOptions } from './support/http.js';
import { repository } from './support/program.js';
import { until } from './support/until.js';
import { type AllServices, requestsOf, scratchFolder, startAllServices } from './support/services.js';

/** Reading a project's types takes seconds, on a busy machine many; so do its pages, which must be whole. */
const PATIENCE_MS = 300_000;
/** The example's map says the same on every day it is tested. */
const day = ['--at', '2026-11-01'];
const fixture = join(repository, 'test/fixtures/map');

interface Ran {
  readonly exitCode: number;
  readonly printed: string;
  readonly complained: string;
}

function run(file: string, args: readonly string[], folder: string, env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return new Promise(resolve => {
    const options = { cwd: folder, env: { ...process.env, ...env }, timeout: PATIENCE_MS, maxBuffer: 16 * 1024 * 1024 };
    const child = execFile(file, [...args], options, (_, printed, complained) =>
      resolve({ exitCode: child.exitCode ?? -1, printed, complained }),
    );
  });
}

/** The command as it is installed, in a folder. */
const guichet = (args: readonly string[], folder: string): Promise<Ran> =>
  run(process.execPath, [join(repository, 'bin/guichet.mjs'), ...args], folder);

describe('guichet map, of the example', () => {
  let drawn: Ran;
  let map: GuichetMap;

  beforeAll(async () => {
    drawn = await guichet(['map', '--json', '--strict', ...day], repository);
    map = JSON.parse(drawn.printed) as GuichetMap;
  }, PATIENCE_MS);

  it('leaves nothing open', () => {
    expect([drawn.exitCode, drawn.complained, map.unknown]).toEqual([0, '', []]);
  });

  it('prints what stands in test/fixtures/example.map.txt', () => {
    // After a change that is meant: npx guichet map --at 2026-11-01 > test/fixtures/example.map.txt
    expect(mapText(map)).toBe(readFileSync(join(repository, 'test/fixtures/example.map.txt'), 'utf8'));
  });

  describe('beside what really happens', () => {
    let services: AllServices;
    let customer: Readonly<Record<string, string>>;

    beforeAll(async () => {
      services = await startAllServices({ SHOP_DATA_DIR: scratchFolder() });
      customer = await as('c3');
    });

    const idOf = (n: number): number => fiftyFilms[n]!.id;

    /** A request for each page of an app, so that every section has reason to call. */
    const requests: Readonly<Record<string, () => readonly [string, RequestOptions]>> = {
      'GET /pages/home': () => ['/pages/home', { headers: customer }],
      'GET /pages/films/:id': () => [`/pages/films/${idOf(0)}`, { headers: customer }],
      'GET /pages/search': () => ['/pages/search?query=king', { headers: customer }],
      'GET /pages/account': () => ['/pages/account', { headers: customer }],
      'POST /pages/watchlist': () => [
        '/pages/watchlist',
        { method: 'POST', headers: customer, body: { filmId: idOf(1) } },
      ],
      'POST /pages/orders': () => [
        '/pages/orders',
        {
          method: 'POST',
          headers: { ...customer, 'Idempotency-Key': randomUUID() },
          body: { filmId: 1, format: 'stream' },
        },
      ],
    };

    async function inspected<T>(bff: Bff, path: string): Promise<T> {
      return (await request(`${bff.managementUrl}/inspector/api/${path}`)).json() as T;
    }

    /** What one request for a page called, by section. */
    async function calledFor(bff: Bff, route: string): Promise<Record<string, readonly string[]>> {
      let answer!: Answer;
      // On a busy machine a service may miss its 300 ms; then the page is asked for again.
      await until(`${route} is whole`, async () => {
        const [path, options] = requests[route]!();
        answer = await request(bff.url + path, options);
        return answer.headers['page-complete'] === '?1';
      });
      const kept = await inspected<readonly { id: number; requestId: string }[]>(bff, 'executions');
      const { id } = kept.find(({ requestId }) => requestId === answer.headers['x-request-id'])!;
      const { waterfall } = await inspected<{ waterfall: Waterfall }>(bff, `executions/${id}`);
      return Object.fromEntries(
        waterfall.sections.map(({ name, calls }) => [name, calls.map(({ upstream, call }) => `${upstream} ${call}`)]),
      );
    }

    it.each(['web', 'mobile'] as const)(
      'every call that a page of %s makes is in it, and none is in it that is not made',
      async name => {
        const bff = await startBff(name, { DISCOVERY: 'static', UPSTREAMS_FILE: services.upstreamsFile });
        const app = map.apps.find(one => one.name === name)!;
        // An account without orders or wishes would not ask for their films.
        for (const route of ['POST /pages/orders', 'POST /pages/watchlist']) {
          const [path, options] = requests[route]!();
          if (app.pages.some(page => page.route === route)) await request(bff.url + path, options);
        }
        expect(app.pages.map(({ route }) => route).filter(route => !(route in requests))).toEqual([]);
        for (const { route, sections } of app.pages) {
          const mapped = Object.fromEntries(
            sections.map(section => [section.name, section.calls.map(({ service, call }) => `${service} ${call}`)]),
          );
          expect([route, await calledFor(bff, route)]).toEqual([route, mapped]);
        }
      },
      PATIENCE_MS,
    );

    it('every pass-through route leads where the map says', async () => {
      const bff = await startBff('web', { DISCOVERY: 'static', UPSTREAMS_FILE: services.upstreamsFile });
      const { routes } = map.apps.find(({ name }) => name === 'web')!;
      const asked: Readonly<Record<string, string>> = {
        'GET /api/films/:id': `/api/films/${idOf(3)}`,
        'GET /api/search': '/api/search?query=king',
      };
      expect(routes.map(({ route }) => route)).toEqual(Object.keys(asked));
      for (const { route, service, call } of routes) {
        expect((await request(bff.url + asked[route]!)).status).toBe(200);
        const { method, url } = (await requestsOf(services.byName[service as 'catalog'])).at(-1)!;
        expect(`${method} ${url.split('?', 1)[0]}`).toMatch(new RegExp(`^${call.replace(/:\w+/g, '[^/]+')}$`));
      }
    });

    it('what is deprecated says so, and is counted', async () => {
      const bff = await startBff('web', { DISCOVERY: 'static', UPSTREAMS_FILE: services.upstreamsFile });
      const { status, headers } = await request(`${bff.url}/api/search?query=king`, {
        headers: { ...customer, 'X-App-Version': '2.10.3' },
      });
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        deprecation: `@${Date.UTC(2026, 9, 1) / 1_000}`,
        sunset: 'Tue, 01 Jan 2030 00:00:00 GMT',
        link: '</pages/search>; rel="successor-version"',
      });
      expect((await request(`${bff.managementUrl}/metrics`)).body).toMatch(
        /^guichet_deprecated_requests_total\{route="GET \/api\/search",client="[\w-]+",version="2\.10"\} 1$/m,
      );
      const { paths } = (await request(`${bff.url}/openapi.json`)).json() as {
        paths: Record<string, { get?: { deprecated?: boolean } }>;
      };
      expect([paths['/api/search']!.get!.deprecated, paths['/api/films/{id}']!.get!.deprecated]).toEqual([
        true,
        undefined,
      ]);
    });
  });
});

describe('guichet map, in CI', () => {
  const built = ['map', '--project', 'tsconfig.built.json'];

  it(
    'fails where something retired is used, and names who uses it',
    async () => {
      const { exitCode, printed, complained } = await guichet([...built, '--json', '--service', 'legacy'], fixture);
      expect(exitCode).toBe(1);
      const { retired, apps } = JSON.parse(printed) as GuichetMap;
      expect(retired.map(({ by, what }) => `${by}: ${what}`)).toEqual([
        'shop GET /pages/ending (film): legacy',
        'shop GET /api/legacy/*rest: legacy',
      ]);
      expect(apps.flatMap(({ pages }) => pages).map(({ route }) => route)).toEqual([
        'GET /pages/ending',
        'GET /pages/gone',
      ]);
      expect(complained).toContain('retired and still used: legacy by shop GET /pages/ending (film)');
    },
    PATIENCE_MS,
  );

  it(
    'passes on a day before the end, unless what cannot be told counts',
    async () => {
      const before = [...built, '--at', '2020-06-01', '--service', 'legacy'];
      const [lenient, strict] = await Promise.all([
        guichet(before, fixture),
        guichet([...before, '--strict'], fixture),
      ]);
      expect([lenient.exitCode, strict.exitCode]).toEqual([0, 1]);
      expect(lenient.complained).toBe(strict.complained);
      expect(lenient.complained).toMatch(/^(unknown: .*\n)+$/);
    },
    PATIENCE_MS,
  );

  it(
    'says that it knows nothing of clients of which only the types are there',
    async () => {
      // By this file the example's clients are what was built of them.
      const { exitCode, complained } = await guichet(
        ['map', '--project', 'apps/web/tsconfig.app.json', '--strict'],
        repository,
      );
      expect(exitCode).toBe(1);
      expect(complained).toContain(
        'calls this.catalog.film, of which only the types are here: dist/libs/shop/catalog.client.d.ts',
      );
    },
    PATIENCE_MS,
  );

  it(
    'ends with 2 where there is nothing to draw',
    async () => {
      const { exitCode, printed, complained } = await guichet(['map', '--app', 'till', ...built.slice(1)], fixture);
      expect([exitCode, printed]).toEqual([2, '']);
      expect(complained).toBe('guichet map: there is no app "till": there are shop, loose\n');
    },
    PATIENCE_MS,
  );

  it(
    'is what npx runs',
    async () => {
      const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';
      const env = {
        npm_config_cache: scratchFolder(),
        npm_config_offline: 'true',
        npm_config_update_notifier: 'false',
      };
      const { exitCode, printed } = await run(npx, ['guichet', 'map', '--help'], repository, env);
      expect([exitCode, printed]).toEqual([0, expect.stringMatching(/^guichet map \[options\]/)]);
    },
    PATIENCE_MS,
  );
});
