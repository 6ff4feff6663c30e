import { join } from 'node:path';
import { BootError } from 'guichet/kernel';
import { Command, body, locale, optional, Page, params, principal, query, required } from 'guichet/page';
import { GrpcService, GrpcUpstream, HttpUpstream, Upstream } from 'guichet/upstream';
import { z } from 'zod';
import { grpcStatus } from './fake-grpc-upstream.js';
import { hang, reply } from './fake-upstream-answer.js';
import type { ReceivedRequest } from './fake-upstream.js';
import { ManualClock } from './manual-clock.js';
import { pageHarness, type PageHarness } from './page-harness.js';

@Upstream('catalog')
class CatalogClient extends HttpUpstream {
  film(id: string) {
    return this.get('/films/:id', { params: { id }, schema: z.object({ id: z.string(), title: z.string() }) });
  }
}
@Upstream('pricing', { timeoutMs: 500 })
class PricingClient extends HttpUpstream {
  quote(id: string) {
    return this.get('/quotes/:id', { params: { id }, schema: z.object({ cents: z.number() }) });
  }
  order(film: number) {
    return this.post('/orders', { body: { film }, schema: z.object({ no: z.number() }) });
  }
}

@Page('films/:id', { budgetMs: 800 })
class FilmPage {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly pricing: PricingClient,
  ) {}
  private readonly params = params(z.object({ id: z.string() }));
  private readonly query = query(z.object({ size: z.string().optional() }));
  private readonly viewer = principal({ optional: true });
  private readonly locale = locale();
  readonly film = required([this.params], ({ id }) => this.catalog.film(id));
  readonly price = optional([this.film], film => this.pricing.quote(film.id), { fallback: null });
  readonly greeting = required([this.viewer, this.query, this.locale], (viewer, { size }, tag) => [
    viewer?.subject,
    size,
    tag,
  ]);
}

@Command('POST', 'orders', { budgetMs: 800, status: 201 })
class OrderCommand {
  constructor(private readonly pricing: PricingClient) {}
  private readonly body = body(z.object({ film: z.number() }));
  readonly order = required([this.body], ({ film }) => this.pricing.order(film));
}

const routes = {
  catalog: {
    'GET /films/:id': (request: ReceivedRequest<'id'>) => ({ id: request.params.id, title: 'Big', secret: 1 }),
  },
  pricing: { 'GET /quotes/:id': () => ({ cents: 990 }), 'POST /orders': () => ({ no: 7 }) },
};

@Page('buggy', { budgetMs: 500 })
class BuggyPage {
  readonly film = required([], (): number => {
    throw new TypeError('a typo');
  });
}

describe('pageHarness', () => {
  let harness: PageHarness<FilmPage, 'catalog' | 'pricing'>;
  const clock = new ManualClock();
  beforeEach(async () => {
    harness = await pageHarness(FilmPage, { upstreams: routes, clock, locales: ['en', 'de'] });
  });
  afterEach(() => harness.close());

  it('reads as a sentence', async () => {
    const { status, payload, complete, sections, problem } = await harness.get({ id: '7' });
    expect(payload).toEqual({ film: { id: '7', title: 'Big' }, price: { cents: 990 }, greeting: [null, null, 'en'] });
    expect([status, complete, sections, problem]).toEqual([200, true, {}, undefined]);
  });

  it('sends query, headers and identity along', async () => {
    const { payload } = await harness.get(
      { id: 7 },
      {
        query: { size: 'l' },
        headers: { 'accept-language': 'de' },
        principal: { issuer: 'i', subject: 'zoë', claims: {} },
      },
    );
    expect(payload.greeting).toEqual(['zoë', 'l', 'de']);
  });

  it('shows a degraded page and a failed one', async () => {
    harness.upstreams.pricing.on('GET /quotes/:id', () => reply(500));
    const { payload, complete, sections } = await harness.get({ id: '7' });
    expect([payload.price, complete, sections]).toEqual([
      null,
      false,
      { price: { state: 'fallback', reason: 'upstream-status' } },
    ]);
    harness.upstreams.catalog.on('GET /films/:id', () => reply(404));
    const { status, problem } = await harness.get({ id: '7' });
    expect([status, problem?.failures]).toEqual([404, [{ section: 'film', code: 'upstream-status' }]]);
  });

  it('prints what a bug was, and nothing of failures', async () => {
    const printed = jest.spyOn(console, 'error').mockImplementation(() => {});
    harness.upstreams.catalog.on('GET /films/:id', () => reply(404));
    expect((await harness.get({ id: '7' })).status).toBe(404);
    expect(printed).not.toHaveBeenCalled();
    const buggy = await pageHarness(BuggyPage, { upstreams: {} });
    expect((await buggy.get()).status).toBe(500);
    await buggy.close();
    expect(printed.mock.calls).toEqual([[expect.objectContaining({ message: 'a typo' })]]);
    printed.mockRestore();
  });

  it('lets time pass when the test says so', async () => {
    harness.upstreams.pricing.on('GET /quotes/:id', () => hang());
    const answer = harness.get({ id: '7' });
    await harness.upstreams.pricing.received(1);
    clock.advance(520);
    expect((await answer).sections).toEqual({ price: { state: 'fallback', reason: 'upstream-timeout' } });
  });

  it('cancels upstream calls when the client goes away', async () => {
    harness.upstreams.catalog.on('GET /films/:id', () => hang());
    const client = new AbortController();
    const answer = harness.get({ id: '7' }, { signal: client.signal }).catch((error: Error) => error.name);
    const call = await harness.upstreams.catalog.received(1);
    client.abort();
    expect([await answer, await call.closed]).toEqual(['AbortError', 'abandoned']);
  });

  it.each(['../../admin', '//evil', '%2e%2e%2f', '?x=', 'a\r\nb', 'x'.repeat(90)])(
    'keeps %j within its segment',
    async id => {
      const { status } = await harness.get({ id });
      const asked = harness.upstreams.catalog.requests.map(request => request.url);
      expect([status, ...asked]).toEqual(asked.length === 0 ? [400] : [200, `/films/${encodeURIComponent(id)}`]);
    },
  );
});

it('sends commands', async () => {
  const harness = await pageHarness(OrderCommand, { upstreams: { pricing: routes.pricing } });
  const { status, payload } = await harness.send({ film: 7 });
  expect([status, payload.order, harness.upstreams.pricing.requests[0]?.body]).toEqual([201, { no: 7 }, { film: 7 }]);
  expect((await harness.send({ film: 'seven' })).status).toBe(400);
  await harness.close();
});

it('has a gRPC server for a client that speaks gRPC', async () => {
  @Upstream('stock')
  @GrpcService('test.pricing.v1.Pricing', { files: join(__dirname, '../../upstream/test/grpc/pricing.proto') })
  class StockClient extends GrpcUpstream<{ Quote(request: { sku: string }): { readonly amountCents: string } }> {
    quote() {
      return this.unary('Quote', { sku: 'chair' });
    }
  }
  @Page('stock', { budgetMs: 5_000 })
  class StockPage {
    constructor(private readonly stock: StockClient) {}
    readonly quote = optional([], () => this.stock.quote(), { fallback: null });
  }
  const stock = { Quote: () => ({ amountCents: '7' }) };
  const grpc = await pageHarness(StockPage, { upstreams: { stock } });
  expect((await grpc.get()).payload).toMatchObject({ quote: { amountCents: '7' } });
  expect(grpc.upstreams.stock.calls).toMatchObject([{ method: 'Quote', message: { sku: 'chair' } }]);
  grpc.upstreams.stock.on('Quote', () => grpcStatus(13));
  expect((await grpc.get()).payload).toMatchObject({ quote: null });
  await grpc.close();
});

it('stops where the boot would', async () => {
  @Page('empty', { budgetMs: 1 })
  class Empty {}
  await expect(pageHarness(Empty, { upstreams: {} })).rejects.toThrow(BootError);
});
