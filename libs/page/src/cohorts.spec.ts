import { type INestApplication, Module } from '@nestjs/common';
import { InstanceSource, StaticSource } from 'guichet/discovery';
import { contextOf, RequestListeners } from 'guichet/observability';
import { fakeUpstream, type FakeUpstream, hang, reply } from 'guichet/testing';
import { type CohortOptions, HttpUpstream, Upstream, UpstreamModule } from 'guichet/upstream';
import { z } from 'zod';
import { ADAPTERS, pageApp } from '../test/page-app.js';
import { body, Command, internal, optional, Page, required } from './index.js';

const options = {
  subsets: { canary: { meta: { version: '2' }, weightPercent: 10, claims: { beta: [true] } } },
  timeoutMs: 2_000,
};
const Said = z.object({ version: z.string(), by: z.string() });

abstract class Versioned extends HttpUpstream {
  mine(n = '1') {
    return this.get('/mine/:n', { params: { n }, schema: Said });
  }
  everybodys() {
    return this.get('/everybodys', { schema: Said, public: true });
  }
  change() {
    return this.post('/changes', { schema: Said });
  }
}
@Upstream('catalog', options)
class Catalog extends Versioned {}
@Upstream('pricing', options)
class Pricing extends Versioned {}
/** One that has no versions. */
@Upstream('ratings', { timeoutMs: 2_000 })
class Ratings extends Versioned {}

/** Asks catalog, then pricing, then catalog again; and ratings beside. */
@Page('film', { budgetMs: 5_000, cacheControl: 'public, max-age=60, s-maxage=600' })
class FilmPage {
  constructor(
    private readonly catalog: Catalog,
    private readonly pricing: Pricing,
    private readonly rated: Ratings,
  ) {}
  readonly film = required([], () => this.catalog.mine());
  readonly price = required([this.film], () => this.pricing.mine());
  readonly similar = optional([this.price], () => this.catalog.mine('2'));
  readonly ratings = optional([], () => this.rated.mine());
}

/** Everything at once. */
@Page('wide', { budgetMs: 5_000 })
class WidePage {
  constructor(
    private readonly catalog: Catalog,
    private readonly pricing: Pricing,
  ) {}
  readonly film = required([], () => this.catalog.mine());
  readonly price = required([], () => this.pricing.mine());
}

/** Asks one upstream that has no versions. */
@Page('plain', { budgetMs: 5_000, cacheControl: 'public, max-age=60' })
class PlainPage {
  constructor(private readonly rated: Ratings) {}
  readonly ratings = required([], () => this.rated.mine());
}

@Page('everybodys', { budgetMs: 5_000 })
class EverybodysPage {
  constructor(private readonly catalog: Catalog) {}
  readonly film = required([], () => this.catalog.everybodys());
}

/** A page that changes something, as none should. */
@Page('careless', { budgetMs: 5_000 })
class CarelessPage {
  constructor(
    private readonly catalog: Catalog,
    private readonly pricing: Pricing,
  ) {}
  readonly film = required([], () => this.catalog.change());
  readonly price = required([this.film], () => this.pricing.mine());
}

@Command('POST', 'orders', { budgetMs: 5_000 })
class OrderCommand {
  constructor(
    private readonly catalog: Catalog,
    private readonly pricing: Pricing,
  ) {}
  private readonly body = body(z.object({}));
  readonly reserved = internal([this.body], () => this.catalog.change());
  readonly price = required([this.reserved], () => this.pricing.mine());
}

jest.setTimeout(20_000);

type Told = Record<string, z.output<typeof Said> | undefined>;

describe.each(ADAPTERS)('a page and its cohort, on %s', adapter => {
  const open: { close(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  async function instance(by: string, version: string): Promise<FakeUpstream> {
    const said = () => ({ version, by });
    const fake = await fakeUpstream({ 'GET /mine/:n': said, 'GET /everybodys': said, 'POST /changes': said });
    open.push(fake);
    return fake;
  }

  async function rigOf(cohorts: CohortOptions = { header: 'x-cohort' }) {
    const [catalog, pricing, newCatalog, newPricing, ratings] = await Promise.all([
      instance('catalog', '1'),
      instance('pricing', '1'),
      instance('catalog', '2'),
      instance('pricing', '2'),
      instance('ratings', '0'),
    ]);
    const at = ({ port }: FakeUpstream, version = '1') => ({ host: '127.0.0.1', port, meta: { version } });
    const source = new StaticSource({
      services: {
        catalog: [at(catalog), at(newCatalog, '2')],
        pricing: [at(pricing), at(newPricing, '2')],
        ratings: [at(ratings)],
      },
    });
    @Module({ providers: [{ provide: InstanceSource, useValue: source }], exports: [InstanceSource] })
    class SourceModule {}
    const traces: string[] = [];
    const listeners = new RequestListeners([
      {
        needsTraces: true,
        finished: ({ context: { trace } }) =>
          traces.push(
            ...(trace?.sections ?? []).flatMap(({ name, calls }) =>
              calls.map(({ subset, leftSubset }) => `${name} ${subset}${leftSubset ? ` left ${leftSubset}` : ''}`),
            ),
          ),
      },
    ]);
    const { url, app } = await pageApp(
      adapter,
      [FilmPage, WidePage, PlainPage, EverybodysPage, CarelessPage, OrderCommand],
      {
        imports: [UpstreamModule.forRoot({ clients: [Catalog, Pricing, Ratings], imports: [SourceModule], cohorts })],
        listeners,
        wishes: { name: 'x-cohort', from: 'neighbours', subsets: new Set(['default', 'canary']) },
        prepare: knowPeople,
      },
    );
    open.push(app);
    const ask = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
      const init =
        method === 'GET'
          ? { headers }
          : { method, headers: { ...headers, 'content-type': 'application/json' }, body: '{}' };
      const response = await fetch(`${url}/pages/${path}`, init);
      const payload = (await response.json()) as Told;
      const versions = Object.entries(payload).flatMap(([name, said]) =>
        name === 'ratings' || said?.version === undefined ? [] : [said.version],
      );
      return { response, payload, versions, complete: response.headers.get('page-complete') };
    };
    return { ask, source, catalog, pricing, newCatalog, newPricing, ratings, traces };
  }

  const canary = { 'x-cohort': 'canary' };

  it('is the same for a person always, and for all that the page asks', async () => {
    const { ask } = await rigOf();
    const people = Array.from({ length: 60 }, (_, n) => ({ 'x-user': `person-${n}` }));
    const cohorts = new Set<string>();
    const answers = people.map(async person => [await ask('film', person), await ask('wide', person)] as const);
    for (const [first, second] of await Promise.all(answers)) {
      expect([first.complete, second.complete]).toEqual(['?1', '?1']);
      const seen = new Set([...first.versions, ...second.versions]);
      expect([first.versions.length, second.versions.length, seen.size]).toEqual([3, 2, 1]);
      cohorts.add([...seen].join());
    }
    expect(cohorts).toEqual(new Set(['1', '2']));
  });

  it('follows a claim and, from neighbours, a header, which upstreams hear', async () => {
    const { ask, ratings } = await rigOf();
    const tester = { 'x-user': 'tester', 'x-claims': JSON.stringify({ beta: true }) };
    expect((await ask('film', tester)).versions).toEqual(['2', '2', '2']);
    expect((await ask('film', { ...tester, 'x-cohort': 'default' })).versions).toEqual(['1', '1', '1']);
    expect((await ask('film', { 'x-user': 'person-0', ...canary })).versions).toEqual(['2', '2', '2']);
    await ask('film', { ...tester, 'x-cohort': 'other' });
    await ask('film', { ...tester, ...canary, 'x-forwarded-for': '203.0.113.7' });
    expect(ratings.requests.map(({ headers }) => headers['x-cohort'])).toEqual([
      undefined,
      'default',
      'canary',
      undefined,
      undefined,
    ]);
  });

  it('is left by the whole page when a part of it fails, and the page is begun again', async () => {
    const { ask, newPricing, newCatalog, catalog, traces } = await rigOf();
    newPricing.on('GET /mine/:n', () => reply(500, {}));
    for (let n = 0; n < 12; n++) {
      const { response, complete, versions } = await ask('film', canary);
      expect([response.status, complete, versions]).toEqual([200, '?1', ['1', '1', '1']]);
    }
    // Five pages see it, then it is known; that the page asks pricing, too, is known after the first.
    expect(newPricing.requests).toHaveLength(5);
    expect(newCatalog.requests).toHaveLength(5);
    expect(catalog.requests).toHaveLength(24);
    expect(traces).toContain('price canary left pricing:canary: upstream-status');
    expect(traces).toContain('film default left pricing:canary: ejected');
  });

  it('is left without a second run where nothing else was asked there', async () => {
    const { ask, newCatalog, catalog, ratings } = await rigOf();
    newCatalog.on('GET /mine/:n', () => reply(503, {}));
    const { versions, complete } = await ask('film', canary);
    expect([complete, versions]).toEqual(['?1', ['1', '1', '1']]);
    expect([newCatalog.requests.length, catalog.requests.length, ratings.requests.length]).toEqual([1, 2, 1]);
  });

  it('lets go of what is under way when the page begins again', async () => {
    const { ask, newCatalog, newPricing } = await rigOf();
    newCatalog.on('GET /mine/:n', () => hang());
    newPricing.on('GET /mine/:n', async () => {
      await newCatalog.received(1);
      return reply(500, {});
    });
    const { versions, complete } = await ask('wide', canary);
    expect([complete, versions]).toEqual(['?1', ['1', '1']]);
    expect(await (await newCatalog.received(1)).closed).toBe('abandoned');
  });

  it('is left before anything is sent where there is no instance', async () => {
    const { ask, source, pricing, newCatalog } = await rigOf();
    source.set('pricing', [{ host: '127.0.0.1', port: pricing.port }]);
    for (let n = 0; n < 5; n++) expect((await ask('film', canary)).versions).toEqual(['1', '1', '1']);
    // Only the first page had to find out.
    expect(newCatalog.requests).toHaveLength(1);
  });

  it('does nothing twice that may not be done twice', async () => {
    const { ask, newPricing, newCatalog, catalog } = await rigOf();
    newPricing.on('GET /mine/:n', () => reply(500, {}));
    const order = await ask('orders', canary, 'POST');
    expect([order.response.status, order.payload['price']]).toEqual([200, { version: '1', by: 'pricing' }]);
    const careless = await ask('careless', canary);
    expect([careless.response.status, careless.versions]).toEqual([200, ['2', '1']]);
    const changes = [...newCatalog.requests, ...catalog.requests].filter(({ method }) => method === 'POST');
    expect(changes).toHaveLength(2);
  });

  it('keeps caches from giving one cohort’s answer to the other', async () => {
    const { ask } = await rigOf();
    const { headers } = (await ask('film', { 'x-user': 'person-1' })).response;
    expect(headers.get('cache-control')).toBe('private, max-age=60');
    expect(headers.get('vary')).toBe('Authorization, Cookie, x-cohort');
    const plain = (await ask('plain', { 'x-user': 'person-1' })).response;
    expect(plain.headers.get('cache-control')).toBe('public, max-age=60');
    expect(plain.headers.get('vary')).toBeNull();
  });

  it('shares no call with the other, be it everybody’s', async () => {
    const { ask, newCatalog, catalog } = await rigOf();
    for (const fake of [newCatalog, catalog]) {
      const version = fake === catalog ? '1' : '2';
      fake.on('GET /everybodys', async () => {
        await Promise.all([newCatalog.received(1), catalog.received(1)]);
        return { version, by: 'catalog' };
      });
    }
    const wishes = ['canary', 'default', 'canary', 'default'];
    const answers = await Promise.all(wishes.map(wish => ask('everybodys', { 'x-cohort': wish })));
    expect(answers.map(({ versions }) => versions)).toEqual([['2'], ['1'], ['2'], ['1']]);
  });
});

/** Stands for a guard: who asks is in headers. */
function knowPeople(app: INestApplication): void {
  const know = (request: { headers: Readonly<Record<string, string | string[] | undefined>> }): void => {
    const { 'x-user': subject, 'x-claims': claims = '{}' } = request.headers;
    if (typeof subject !== 'string') return;
    contextOf(request as never)!.principal = {
      issuer: 'https://id',
      subject,
      claims: JSON.parse(claims as string) as Record<string, unknown>,
    };
  };
  const adapter = app.getHttpAdapter();
  if (adapter.getType() === 'fastify')
    (adapter.getInstance() as { addHook: (name: string, hook: (...all: never[]) => void) => void }).addHook(
      'onRequest',
      (request: never, _: never, done: never) => {
        know(request);
        (done as () => void)();
      },
    );
  else
    app.use((request: never, _: never, next: () => void) => {
      know(request);
      next();
    });
}
