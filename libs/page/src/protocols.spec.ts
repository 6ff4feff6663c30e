import { fakeGrpcUpstream, grpcStatus, hang, ManualClock, pageHarness, resetInBody } from 'guichet/testing';
import { z } from 'zod';
import {
  ArchiveClient,
  BUDGET_MS,
  CatalogClient,
  files,
  FiveProtocols,
  InventoryClient,
  PricingClient,
  type Protocol,
  RecommendationsClient,
  SERVICE,
  StuckPage,
  SUBJECT,
  type Trouble,
  TROUBLES,
} from '../../../test/support/five-protocols.js';
import { optional, Page, params, required } from './index.js';

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

@Page('prices/:id', { budgetMs: 3_000 })
class PricePage {
  constructor(private readonly pricing: PricingClient) {}

  private readonly params = params(z.object({ id: z.string() }));
  readonly price = required([this.params], ({ id }) => this.pricing.quote(id));
}

let five: FiveProtocols<FilmPage>;

beforeEach(async () => (five = await FiveProtocols.start(FilmPage)));
afterEach(() => five.end());

const whole = {
  film: { title: 'Alien' },
  price: { amountCents: 990 },
  similar: { similar: ['Aliens'] },
  copies: { copies: { copy: [7] } },
  stock: { left: 3 },
};

/** Of the film's page. */
const SECTIONS: Readonly<Record<Exclude<Protocol, 'http'>, keyof typeof whole>> = {
  grpc: 'price',
  graphql: 'similar',
  xml: 'copies',
  nats: 'stock',
};

describe('a page over services that speak five protocols', () => {
  it('is one payload', async () => {
    const { status, payload, complete } = await five.get('1');
    expect([status, complete]).toEqual([200, true]);
    expect(payload).toEqual(whole);
    const { pricing, inventory, harness } = five;
    expect(pricing.calls).toMatchObject([{ method: 'Quote', message: { sku: '1' } }]);
    const ids = Object.values(harness.upstreams).map(({ requests }) => requests[0]!.headers['x-request-id']);
    ids.push(pricing.calls[0]!.metadata['x-request-id'], inventory.requests[0]!.headers['x-request-id']);
    expect([ids.length, new Set(ids).size]).toEqual([5, 1]);
  });

  const cases = (Object.keys(SECTIONS) as (keyof typeof SECTIONS)[]).flatMap(protocol =>
    (Object.keys(TROUBLES) as Trouble[]).map(trouble => [SECTIONS[protocol], trouble, protocol] as const),
  );

  it.each(cases)('is served without %s when its service is %s', async (section, trouble, protocol) => {
    await five.strike(protocol, trouble);
    const { status, payload, complete, sections } = await five.get('1');
    expect([status, complete]).toEqual([200, false]);
    const expected: Record<string, unknown> = { ...whole };
    if (section === 'price') expected['price'] = null;
    else delete expected[section];
    expect(payload).toEqual(expected);
    const state = section === 'price' ? 'fallback' : 'omitted';
    expect(sections).toEqual({ [section]: { state, reason: TROUBLES[trouble] } });
  });

  it('is served without all four when each is in trouble of its own', async () => {
    await five.strike('grpc', 'slow');
    await five.strike('graphql', 'down');
    five.harness.upstreams.archive.on('GET /copies/:id', () => resetInBody());
    await five.strike('nats', 'malformed');
    const { status, sections } = await five.get('1');
    expect(status).toBe(200);
    expect(sections).toEqual({
      price: { state: 'fallback', reason: 'upstream-timeout' },
      similar: { state: 'omitted', reason: 'upstream-refused' },
      copies: { state: 'omitted', reason: 'upstream-reset' },
      stock: { state: 'omitted', reason: 'upstream-malformed' },
    });
    await expect(five.pricing.calls[0]!.cancelled).resolves.toBeUndefined();
  });
});

describe('a page whose required service speaks HTTP', () => {
  it.each([
    ['down', 502],
    ['slow', 504],
    ['malformed', 502],
    ['answering an error', 502],
  ] as const)('fails when it is %s', async (trouble, expected) => {
    await five.strike('http', trouble);
    const { status, problem } = await five.get('1');
    expect([status, problem?.failures]).toEqual([expected, [{ section: 'film', code: TROUBLES[trouble] }]]);
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
    const stuck = await FiveProtocols.start(StuckPage, clock);
    const { catalog, recommendations, archive } = stuck.harness.upstreams;
    catalog.on('GET /films/:id', httpHangs);
    recommendations.on('POST /graphql', httpHangs);
    archive.on('GET /copies/:id', httpHangs);
    stuck.pricing.on('Quote', hangs);
    stuck.inventory.on(SUBJECT, hangs);
    const answer = stuck.get('1');
    await all;
    clock.advance(BUDGET_MS + 50);
    const { status, payload, sections } = await answer;
    expect([status, payload]).toEqual([200, {}]);
    const reason = 'deadline-exceeded';
    expect(sections).toEqual(
      Object.fromEntries(['http', 'grpc', 'graphql', 'xml', 'nats'].map(name => [name, { state: 'omitted', reason }])),
    );
    await stuck.end();
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
    const server = await fakeGrpcUpstream(SERVICE, { files }, { Quote: () => grpcStatus(code, 'secret-detail') });
    const priced = await pageHarness(PricePage, { upstreams: {}, servers: { pricing: server } });
    const answer = await priced.get({ id: '1' });
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.problem)).not.toContain('secret-detail');
    await priced.close();
  });
});
