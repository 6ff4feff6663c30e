import { join } from 'node:path';
import {
  type FakeGrpcUpstream,
  fakeGrpcUpstream,
  grpcStatus,
  hang,
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
  ) {}

  private readonly params = params(z.object({ id: z.string() }));
  readonly film = required([this.params], ({ id }) => this.catalog.film(id));
  readonly price = optional([this.params], ({ id }) => this.pricing.quote(id), { fallback: null });
  readonly similar = optional([this.params], ({ id }) => this.recommendations.similar(id));
  readonly copies = optional([this.params], ({ id }) => this.archive.copies(id));
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
  return pageHarness(FilmPage, { upstreams, servers: { pricing } });
};

let pricing: FakeGrpcUpstream;
let harness: PageHarness<FilmPage, keyof typeof upstreams>;

beforeEach(async () => (harness = await start()));
afterEach(() => harness.close());

const whole = {
  film: { title: 'Alien' },
  price: { amountCents: 990 },
  similar: { similar: ['Aliens'] },
  copies: { copies: { copy: [7] } },
};

describe('a page over services that speak four protocols', () => {
  it('is one payload', async () => {
    const { status, payload, complete } = await harness.get({ id: '1' });
    expect([status, complete]).toEqual([200, true]);
    expect(payload).toEqual(whole);
    expect(pricing.calls).toMatchObject([{ method: 'Quote', message: { sku: '1' } }]);
    const ids = Object.values(harness.upstreams).map(({ requests }) => requests[0]!.headers['x-request-id']);
    expect(new Set([...ids, pricing.calls[0]!.metadata['x-request-id']]).size).toBe(1);
  });

  type Trouble = 'down' | 'slow' | 'malformed' | 'an error status';
  const troubles: Readonly<Record<Trouble, string>> = {
    down: 'upstream-refused',
    slow: 'upstream-timeout',
    malformed: 'upstream-malformed',
    'an error status': 'upstream-status',
  };

  const strikes: Readonly<Record<'price' | 'similar' | 'copies', Readonly<Record<Trouble, () => unknown>>>> = {
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

  it('is served without all three when each is in trouble of its own', async () => {
    await strikes.price.slow();
    await strikes.similar.down();
    harness.upstreams.archive.on('GET /copies/:id', () => resetInBody());
    const { status, sections } = await harness.get({ id: '1' });
    expect(status).toBe(200);
    expect(sections).toEqual({
      price: { state: 'fallback', reason: 'upstream-timeout' },
      similar: { state: 'omitted', reason: 'upstream-refused' },
      copies: { state: 'omitted', reason: 'upstream-reset' },
    });
    await expect(pricing.calls[0]!.cancelled).resolves.toBeUndefined();
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
