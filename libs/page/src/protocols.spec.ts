import { join } from 'node:path';
import {
  type FakeGrpcUpstream,
  fakeGrpcUpstream,
  type FakeNatsUpstream,
  fakeNatsUpstream,
  grpcStatus,
  hang,
  ManualClock,
  natsError,
  natsReply,
  pageHarness,
  type PageHarness,
  reply,
  replyRaw,
  resetInBody,
} from 'guichet/testing';
import {
  GraphqlService,
  graphqlDocument,
  GraphqlUpstream,
  GrpcService,
  GrpcUpstream,
  HttpUpstream,
  NatsService,
  NatsUpstream,
  Upstream,
  XmlUpstream,
} from 'guichet/upstream';
import { z } from 'zod';
import { optional, Page, params, required } from './index.js';

const files = join(__dirname, '../../upstream/test/grpc/pricing.proto');
const SIMILAR = graphqlDocument<{ similar: string[] }, { id: string }>('query Similar($id: ID!) { similar(id: $id) }');
const options = { timeoutMs: 700, sharedBudgetMs: 5_000, maxRetries: 0, breaker: false, ejection: false };

@Upstream('catalog', options)
class CatalogClient extends HttpUpstream {
  film(id: string) {
    return this.get('/films/:id', { params: { id }, schema: z.object({ title: z.string() }) });
  }
}

@Upstream('pricing', options)
@GrpcService('test.pricing.v1.Pricing', { files })
class PricingClient extends GrpcUpstream<{
  Quote(request: { sku: string }): { readonly sku: string; readonly amountCents: string };
}> {
  quote(sku: string) {
    return this.unary('Quote', { sku }, { schema: z.object({ amountCents: z.coerce.number().min(1) }) });
  }
}

@Upstream('recommendations', options)
@GraphqlService({ documents: [SIMILAR] })
class RecommendationsClient extends GraphqlUpstream {
  similar(id: string) {
    return this.query(SIMILAR, { id }, { schema: z.object({ similar: z.array(z.string()) }) });
  }
}

@Upstream('inventory', options)
@NatsService({ prefix: 'shop.inventory' })
class InventoryClient extends NatsUpstream {
  stock(id: string) {
    return this.request('stock.:id', { params: { id }, safe: true, schema: z.object({ left: z.number() }) });
  }
}

@Upstream('archive', options)
class ArchiveClient extends XmlUpstream {
  copies(id: string) {
    const schema = z.object({ copies: z.object({ copy: z.array(z.coerce.number()) }) });
    return this.get('/copies/:id', { params: { id }, arrays: ['copies.copy'], schema });
  }
}

@Page('films/:id', { budgetMs: 3_000 })
class FilmPage {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly pricing: PricingClient,
    private readonly recommendations: RecommendationsClient,
    private readonly archive: ArchiveClient,
    private readonly inventory: InventoryClient,
  ) {}

  private readonly params = params(z.object({ id: z.string() }));
  readonly film = required([this.params], ({ id }) => this.catalog.film(id));
  readonly price = optional([this.params], ({ id }) => this.pricing.quote(id), { fallback: null });
  readonly similar = optional([this.params], ({ id }) => this.recommendations.similar(id));
  readonly copies = optional([this.params], ({ id }) => this.archive.copies(id));
  readonly stock = optional([this.params], ({ id }) => this.inventory.stock(id));
}

@Page('stuck/:id', { budgetMs: 300 })
class StuckPage {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly pricing: PricingClient,
    private readonly recommendations: RecommendationsClient,
    private readonly archive: ArchiveClient,
    private readonly inventory: InventoryClient,
  ) {}

  private readonly params = params(z.object({ id: z.string() }));
  readonly film = optional([this.params], ({ id }) => this.catalog.film(id));
  readonly price = optional([this.params], ({ id }) => this.pricing.quote(id));
  readonly similar = optional([this.params], ({ id }) => this.recommendations.similar(id));
  readonly copies = optional([this.params], ({ id }) => this.archive.copies(id));
  readonly stock = optional([this.params], ({ id }) => this.inventory.stock(id));
}

@Page('prices/:id', { budgetMs: 3_000 })
class PricePage {
  constructor(private readonly pricing: PricingClient) {}

  private readonly params = params(z.object({ id: z.string() }));
  readonly price = required([this.params], ({ id }) => this.pricing.quote(id));
}

const upstreams = {
  catalog: { 'GET /films/:id': (): unknown => ({ title: 'Alien' }) },
  recommendations: { 'POST /graphql': (): unknown => ({ data: { similar: ['Aliens'] } }) },
  archive: {
    'GET /copies/:id': (): unknown =>
      replyRaw('<copies><copy>7</copy></copies>', { 'content-type': 'application/xml' }),
  },
};

const start = async () => {
  pricing = await fakeGrpcUpstream('test.pricing.v1.Pricing', { files }, { Quote: () => ({ amountCents: '990' }) });
  inventory = await fakeNatsUpstream({ 'shop.inventory.stock.*': () => ({ left: 3 }) });
  return pageHarness(FilmPage, { upstreams, servers: { pricing, inventory } });
};

let pricing: FakeGrpcUpstream;
let inventory: FakeNatsUpstream;
let harness: PageHarness<FilmPage, keyof typeof upstreams>;

beforeEach(async () => (harness = await start()));
afterEach(() => harness.close());

const whole = {
  film: { title: 'Alien' },
  price: { amountCents: 990 },
  similar: { similar: ['Aliens'] },
  copies: { copies: { copy: [7] } },
  stock: { left: 3 },
};

describe('a page over services that speak five protocols', () => {
  it('is one payload', async () => {
    const { status, payload, complete } = await harness.get({ id: '1' });
    expect([status, complete]).toEqual([200, true]);
    expect(payload).toEqual(whole);
    expect(pricing.calls).toMatchObject([{ method: 'Quote', message: { sku: '1' } }]);
    const ids = Object.values(harness.upstreams).map(({ requests }) => requests[0]!.headers['x-request-id']);
    ids.push(pricing.calls[0]!.metadata['x-request-id'], inventory.requests[0]!.headers['x-request-id']);
    expect([ids.length, new Set(ids).size]).toEqual([5, 1]);
  });

  type Trouble = 'down' | 'slow' | 'malformed' | 'an error status';
  const troubles: Readonly<Record<Trouble, string>> = {
    down: 'upstream-refused',
    slow: 'upstream-timeout',
    malformed: 'upstream-malformed',
    'an error status': 'upstream-status',
  };

  const strikes: Readonly<Record<'price' | 'similar' | 'copies' | 'stock', Readonly<Record<Trouble, () => unknown>>>> =
    {
      price: {
        down: () => pricing.close(),
        slow: () => pricing.on('Quote', () => new Promise(() => {})),
        malformed: () => pricing.on('Quote', () => ({ amountCents: '0' })),
        'an error status': () => pricing.on('Quote', () => grpcStatus(13)),
      },
      similar: {
        down: () => harness.upstreams.recommendations.close(),
        slow: () => harness.upstreams.recommendations.on('POST /graphql', () => hang()),
        malformed: () => harness.upstreams.recommendations.on('POST /graphql', () => replyRaw('{"data":')),
        'an error status': () =>
          harness.upstreams.recommendations.on('POST /graphql', () => ({ data: null, errors: [{ message: 'no' }] })),
      },
      copies: {
        down: () => harness.upstreams.archive.close(),
        slow: () => harness.upstreams.archive.on('GET /copies/:id', () => hang()),
        malformed: () =>
          harness.upstreams.archive.on('GET /copies/:id', () =>
            replyRaw('<!DOCTYPE copies><copies/>', { 'content-type': 'text/xml' }),
          ),
        'an error status': () => harness.upstreams.archive.on('GET /copies/:id', () => reply(503)),
      },
      stock: {
        down: () => inventory.close(),
        slow: () => inventory.on('shop.inventory.stock.*', () => new Promise(() => {})),
        malformed: () => inventory.on('shop.inventory.stock.*', () => natsReply('{"left":')),
        'an error status': () => inventory.on('shop.inventory.stock.*', () => natsError(503)),
      },
    };

  const cases = Object.entries(strikes).flatMap(([section, kinds]) =>
    (Object.keys(kinds) as Trouble[]).map(kind => [section as keyof typeof strikes, kind] as const),
  );

  it.each(cases)('is served without %s when its service is %s', async (section, kind) => {
    await strikes[section][kind]();
    const { status, payload, complete, sections } = await harness.get({ id: '1' });
    expect([status, complete]).toEqual([200, false]);
    const expected: Record<string, unknown> = { ...whole };
    if (section === 'price') expected['price'] = null;
    else delete expected[section];
    expect(payload).toEqual(expected);
    const state = section === 'price' ? 'fallback' : 'omitted';
    expect(sections).toEqual({ [section]: { state, reason: troubles[kind] } });
  });

  it('is served without all four when each is in trouble of its own', async () => {
    await strikes.price.slow();
    await strikes.similar.down();
    harness.upstreams.archive.on('GET /copies/:id', () => resetInBody());
    await strikes.stock.malformed();
    const { status, sections } = await harness.get({ id: '1' });
    expect(status).toBe(200);
    expect(sections).toEqual({
      price: { state: 'fallback', reason: 'upstream-timeout' },
      similar: { state: 'omitted', reason: 'upstream-refused' },
      copies: { state: 'omitted', reason: 'upstream-reset' },
      stock: { state: 'omitted', reason: 'upstream-malformed' },
    });
    await expect(pricing.calls[0]!.cancelled).resolves.toBeUndefined();
  });
});

describe('a page whose required service speaks HTTP', () => {
  it.each([
    ['down', () => harness.upstreams.catalog.close(), 502, 'upstream-refused'],
    ['slow', () => harness.upstreams.catalog.on('GET /films/:id', () => hang()), 504, 'upstream-timeout'],
    ['malformed', () => harness.upstreams.catalog.on('GET /films/:id', () => replyRaw('{')), 502, 'upstream-malformed'],
    ['an error status', () => harness.upstreams.catalog.on('GET /films/:id', () => reply(500)), 502, 'upstream-status'],
  ])('fails when it is %s', async (_, strike, expected, code) => {
    await strike();
    const { status, problem } = await harness.get({ id: '1' });
    expect([status, problem?.failures]).toEqual([expected, [{ section: 'film', code }]]);
  });
});

describe('a page whose every service hangs', () => {
  it('ends with its budget', async () => {
    // What gRPC is told of deadlines it holds against the machine's own clock.
    const clock = new ManualClock(0, Date.now());
    const waiting = 5;
    let asked = 0;
    let allAsked!: () => void;
    const all = new Promise<void>(resolve => (allAsked = resolve));
    const hangs = (): unknown => {
      if (++asked === waiting) allAsked();
      return new Promise(() => {});
    };
    const httpHangs = (): unknown => (hangs(), hang());
    const servers = {
      pricing: await fakeGrpcUpstream('test.pricing.v1.Pricing', { files }, { Quote: hangs }),
      inventory: await fakeNatsUpstream({ 'shop.inventory.stock.*': hangs }),
    };
    const hanging = {
      catalog: { 'GET /films/:id': httpHangs },
      recommendations: { 'POST /graphql': httpHangs },
      archive: { 'GET /copies/:id': httpHangs },
    };
    const stuck = await pageHarness(StuckPage, { upstreams: hanging, servers, clock });
    const answer = stuck.get({ id: '1' });
    await all;
    clock.advance(350);
    const { status, payload, sections } = await answer;
    expect([status, payload]).toEqual([200, {}]);
    const reason = 'deadline-exceeded';
    expect(sections).toEqual(
      Object.fromEntries(
        ['film', 'price', 'similar', 'copies', 'stock'].map(name => [name, { state: 'omitted', reason }]),
      ),
    );
    await stuck.close();
  });
});

describe('a page that needs what a gRPC service says', () => {
  it.each([
    [5, 404],
    [3, 502],
    [8, 503],
    [14, 502],
    [16, 502],
  ])('answers status %i as %i', async (code, status) => {
    const server = await fakeGrpcUpstream(
      'test.pricing.v1.Pricing',
      { files },
      { Quote: () => grpcStatus(code, 'secret-detail') },
    );
    const priced = await pageHarness(PricePage, { upstreams: {}, servers: { pricing: server } });
    const answer = await priced.get({ id: '1' });
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.problem)).not.toContain('secret-detail');
    await priced.close();
  });
});
