import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filtered } from './filter.js';
import type { GuichetMap, MappedPage, Uses } from './model.js';
import { mapMermaid } from './print/mermaid.js';
import { mapText } from './print/text.js';
import { readMap } from './read-map.js';

/** An app that calls upstreams in every way there is; its types are checked with all others. */
const project = join(__dirname, '../../../test/fixtures/map');
const at = Date.UTC(2026, 10, 1);

describe('the map of an app', () => {
  let map: GuichetMap;

  // Reads the types of Nest, zod and the framework: seconds, on a busy machine many.
  beforeAll(() => {
    map = readMap({ folder: project, at });
  }, 300_000);

  const app = () => map.apps.find(({ name }) => name === 'shop')!;
  const page = (name: string): MappedPage => app().pages.find(one => one.name === name)!;
  const callsOf = ({ calls }: Uses) => calls.map(({ service, call }) => `${service} ${call}`);
  const sections = (name: string) =>
    Object.fromEntries(page(name).sections.map(section => [section.name, callsOf(section)]));
  const hidden = (name: string) => page('HiddenPage').sections.find(section => section.name === name)!;

  it('finds the app where it begins, and the pages that its modules list', () => {
    expect(map.apps.map(({ name, file }) => [name, file])).toEqual([
      ['shop', 'src/main.ts'],
      ['loose', 'src/loose/main.ts'],
    ]);
    expect(app().pages.map(({ route, name }) => `${route} ${name}`)).toEqual([
      'GET /pages/hidden HiddenPage',
      'GET /pages/plain/:id PlainPage',
      'GET /pages/child ChildPage',
      'GET /pages/sister SisterPage',
      'GET /pages/ending EndingPage',
      'GET /pages/gone GonePage',
    ]);
  });

  it('follows a section to its calls, whatever way it takes', () => {
    const film = 'catalog GET /films/:id';
    const films = 'catalog GET /films';
    const seen = 'catalog PUT /films/:id/seen';
    expect(sections('PlainPage')).toEqual({
      film: [film],
      nothing: [],
      batched: [films],
      either: ['catalog GET /v1/films', 'catalog GET /v2/films'],
      nested: [seen],
      axios: ['catalog GET (axios)'],
      graphql: ['recommendations POST /api/graphql#Similar'],
      grpc: ['stock UNARY shop.stock.v1.Stock/GetStock'],
      nats: ['reservations REQUEST reservations.:sku'],
      lists: ['books GET /items', 'games POST /games'],
      chained: [film, 'pricing GET /prices'],
      helped: [film],
      served: [film, seen],
      method: [film],
      tabled: [films, film],
      destructured: [films],
      awaited: [film],
    });
    expect(page('PlainPage').sections.flatMap(({ unknown }) => unknown)).toEqual([]);
  });

  it('reads sections that a class inherits, or a helper makes, as the class has them', () => {
    expect(sections('ChildPage')).toEqual({ shared: ['catalog GET /films'] });
    expect(sections('SisterPage')).toEqual({ own: ['catalog GET /films/:id'], shared: [] });
  });

  it('says which method of which client makes a call, and where', () => {
    expect(page('ChildPage').sections[0]!.calls).toEqual([
      {
        service: 'catalog',
        call: 'GET /films',
        client: 'CatalogClient.films',
        at: expect.stringMatching(/^src\/clients\.ts:\d+$/) as string,
      },
    ]);
  });

  it('finds what stands behind an interface, and what of a client is chosen among few', () => {
    expect(callsOf(hidden('implemented'))).toEqual(['pricing GET /prices']);
    expect(callsOf(hidden('dynamic'))).toEqual(['catalog GET /films/:id', 'catalog PUT /films/:id/seen']);
  });

  it.each([
    ['unimplemented', 'calls Forecast.tomorrow, of which no implementation was found'],
    ['injected', 'calls load, a function that is injected'],
    ['cast', 'which member of CatalogClient is meant shows when it runs'],
    ['handedOn', 'hands CatalogClient to structuredClone, whose code is not here'],
    ['untyped', 'calls (globalThis as any).loader.load, which the compiler knows nothing of'],
    ['reference', 'hands CatalogClient to [1].map, whose code is not here'],
    ['made', 'a call of catalog: what CatalogClient asks is made as the code runs'],
    ['behind', 'calls this.upstreams.upstream, which leads to upstreams past their clients'],
  ])('says so where it cannot tell: %s', (name, what) => {
    expect(hidden(name).unknown.map(one => one.what)).toEqual([what]);
    expect(map.unknown).toContainEqual({ by: `shop GET /pages/hidden (${name})`, ...hidden(name).unknown[0] });
  });

  it('follows what is hidden behind a cast', () => {
    expect(callsOf(hidden('disguised'))).toEqual(['catalog GET /films/:id']);
  });

  it('has pass-through routes, and says where one is made as the code runs', () => {
    expect(app().routes.map(({ route, service, call }) => [route, service, call])).toEqual([
      ['GET /api/films/:id', 'catalog', 'GET /v1/films/:id'],
      ['GET|POST /api/all', 'catalog', 'GET|POST /all'],
      ['GET /api/legacy/*rest', 'legacy', 'GET /legacy/*rest'],
      ['GET /api/gone', 'legacy', 'GET /gone'],
    ]);
    expect(app().unknown.map(({ what }) => what)).toEqual([
      'WrappedPage: it has sections, but its @Page is not to be seen',
      'a pass-through route is made as the code runs',
    ]);
  });

  it('says of an app that leaves open what it is made of which parts those are', () => {
    const loose = map.apps.find(({ name }) => name === 'loose')!;
    expect(loose.unknown.map(({ what }) => what)).toEqual([
      'which module is loaded shows when it runs',
      'which controllers await controllers() stands for shows when it runs',
    ]);
    // It may be among them.
    expect(loose.pages.map(({ route }) => route)).toEqual(['GET /pages/tills']);
    expect(map.unknown.map(({ by, what }) => `${by}: ${what}`)).toEqual(
      expect.arrayContaining([
        'loose GET /pages/tills (tillsOfAll): calls the upstream of TillsClient, whose name is not known here',
        'clients: the upstream of TillsClient: its name is no constant',
      ]),
    );
  });

  it('names code outside of pages that calls upstreams, where the call begins', () => {
    expect(app().elsewhere.map(code => [code.name, ...callsOf(code)])).toEqual([
      ['SeenGuard.canActivate', 'catalog GET /films'],
      ['RawController.raw', 'catalog DELETE (axios)'],
    ]);
  });

  it('knows the end of pages, routes, upstreams and calls', () => {
    expect(page('EndingPage')).toMatchObject({
      isGone: false,
      ending: { successor: '/pages/child', isRetired: false },
    });
    expect(page('GonePage')).toMatchObject({ isGone: true, ending: { isRetired: true } });
    const service = (name: string) => map.services.find(one => one.name === name)!;
    expect(service('legacy').ending).toMatchObject({ sunset: Date.UTC(2021, 0, 1), isRetired: true });
    expect(service('pricing').deprecatedCalls).toMatchObject({
      'PricingClient.quote': { successor: 'quotes', isRetired: false },
      'PricingClient.oldest': { isRetired: true },
    });
  });

  it('names every use of what is retired, but not by what answers 410', () => {
    expect(map.retired.map(({ by, what }) => `${by}: ${what}`)).toEqual([
      'shop GET /pages/ending (oldest): PricingClient.oldest of pricing',
      'shop GET /pages/ending (film): legacy',
      'shop GET /api/legacy/*rest: legacy',
    ]);
  });

  it('turns round: who uses a service', () => {
    const used = Object.fromEntries(map.services.map(({ name, usedBy }) => [name, usedBy.length]));
    expect(used).toMatchObject({ books: 1, games: 1, stock: 1, recommendations: 1, legacy: 2, unused: 0 });
    expect(map.services.find(({ name }) => name === 'legacy')!.usedBy).toEqual([
      { by: 'shop GET /pages/ending (film)', call: 'GET /film.xml' },
      { by: 'shop GET /api/legacy/*rest', call: 'GET /legacy/*rest' },
    ]);
  });

  it('shows of a service the pages and routes that it touches, and keeps what may hide a use', () => {
    const narrowed = filtered(map, { apps: [], services: ['legacy'] });
    const narrow = narrowed.apps.find(({ name }) => name === 'shop');
    expect(narrow!.pages.map(({ route, sections: own }) => [route, ...own.map(({ name }) => name)])).toEqual([
      ['GET /pages/ending', 'film'],
      ['GET /pages/gone', 'film'],
    ]);
    expect(narrow!.routes.map(({ route }) => route)).toEqual(['GET /api/legacy/*rest', 'GET /api/gone']);
    expect(narrow!.elsewhere).toEqual([]);
    expect(narrowed.retired.map(({ what }) => what)).toEqual(['legacy', 'legacy']);
    expect(narrowed.unknown).toEqual(map.unknown);
  });

  it.each([
    [{ apps: ['shop', 'till'], services: [] }, 'there is no app "till": there are shop, loose'],
    [{ apps: [], services: ['price'] }, 'there is no service "price": there are books, catalog,'],
  ])('refuses a name that there is not: %j', (filter, message) => {
    expect(() => filtered(map, filter)).toThrow(message);
  });

  it('is drawn as text', () => {
    const text = mapText(filtered(map, { apps: [], services: ['pricing'] }));
    expect(text).toContain(
      [
        'GET /pages/ending  EndingPage  deprecated since 2020-01-01, ends on 2999-01-01; instead: /pages/child',
        '  price   pricing  GET /prices/:sku    PricingClient.quote',
        '          pricing  ! PricingClient.quote is deprecated since 2020-01-01, ends on 2999-01-01; instead: quotes',
        '  oldest  pricing  GET /prices/oldest  PricingClient.oldest',
        '          pricing  ! PricingClient.oldest is retired',
        '',
      ].join('\n'),
    );
    expect(mapText(map)).toContain('unused  UnusedClient\n  used by nobody');
    expect(mapText(map)).toMatch(/GET \/pages\/gone .* answered with 410: it uses nothing\n\n/);
  });

  it('is drawn as a flowchart whose arrows lead to what it has', () => {
    const lines = mapMermaid(map).trimEnd().split('\n');
    expect(lines[0]).toBe('flowchart LR');
    const ids = new Set(lines.flatMap(line => /^ +(\w+)(?:\[|\(\[)"/.exec(line)?.[1] ?? []));
    expect(ids.size).toBe(7 + 4 + 2 + map.services.length);
    const arrows = lines.flatMap(line => {
      const found = /^ {2}(\w+) (?:-->|-\.->)\|"([^"|]*)"\| (\w+)$/.exec(line);
      return found ? [found.slice(1)] : [];
    });
    expect(arrows.length).toBeGreaterThan(10);
    for (const [from, , to] of arrows) expect([ids.has(from!), ids.has(to!)]).toEqual([true, true]);
    // What answers 410 points nowhere.
    const gone = lines
      .find(line => line.includes('GonePage'))!
      .trim()
      .split('[', 1)[0]!;
    expect(arrows.filter(([from]) => from === gone)).toEqual([]);
  });
});

describe('no map is drawn', () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'guichet-map-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('without TypeScript', () => {
    expect(() => readMap({ folder, at })).toThrow('npm install --save-dev typescript');
  });

  it('without a tsconfig', () => {
    expect(() => readMap({ folder: __dirname, at })).toThrow(/there is no tsconfig\.json in .*--project/);
  });

  it('with a tsconfig that is wrong', () => {
    const wrong = join(folder, 'tsconfig.json');
    writeFileSync(wrong, '{ "compilerOptions": { "target": "ES1" } }');
    expect(() => readMap({ folder: __dirname, project: wrong, at })).toThrow(/tsconfig\.json: .*target/);
  });

  it('where no app begins', () => {
    const empty = join(folder, 'tsconfig.json');
    writeFileSync(join(folder, 'a.ts'), 'export const runBff = 1; // runBff()');
    writeFileSync(empty, '{ "compilerOptions": { "types": [], "noLib": true }, "include": ["a.ts"] }');
    expect(() => readMap({ folder: __dirname, project: empty, at })).toThrow('no app was found');
  });
});
