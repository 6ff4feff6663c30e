import { join } from 'node:path';
import type { Clock } from 'guichet/kernel';
import { optional, Page, params } from 'guichet/page';
import {
  type FakeGrpcUpstream,
  fakeGrpcUpstream,
  type FakeNatsUpstream,
  fakeNatsUpstream,
  grpcStatus,
  hang,
  natsError,
  natsReply,
  pageHarness,
  type PageHarness,
  reply,
  replyRaw,
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
import { repository } from './program.js';

/** Of {@link StuckPage}, milliseconds. */
export const BUDGET_MS = 300;

export const SERVICE = 'test.pricing.v1.Pricing';
export const files = join(repository, 'libs/upstream/test/grpc/pricing.proto');
export const SUBJECT = 'shop.inventory.stock.*';
const SIMILAR = graphqlDocument<{ similar: string[] }, { id: string }>('query Similar($id: ID!) { similar(id: $id) }');
/** Beyond the stuck page's budget, so that its end is its own; nothing is learnt from one trouble for the next. */
const options = { timeoutMs: 700, sharedBudgetMs: 5_000, maxRetries: 0, breaker: false, ejection: false };

@Upstream('catalog', options)
export class CatalogClient extends HttpUpstream {
  film(id: string) {
    return this.get('/films/:id', { params: { id }, schema: z.object({ title: z.string() }) });
  }
}

@Upstream('pricing', options)
@GrpcService(SERVICE, { files })
export class PricingClient extends GrpcUpstream<{
  Quote(request: { sku: string }): { readonly sku: string; readonly amountCents: string };
}> {
  quote(sku: string) {
    return this.unary('Quote', { sku }, { schema: z.object({ amountCents: z.coerce.number().min(1) }) });
  }
}

@Upstream('recommendations', options)
@GraphqlService({ documents: [SIMILAR] })
export class RecommendationsClient extends GraphqlUpstream {
  similar(id: string) {
    return this.query(SIMILAR, { id }, { schema: z.object({ similar: z.array(z.string()) }) });
  }
}

@Upstream('inventory', options)
@NatsService({ prefix: 'shop.inventory' })
export class InventoryClient extends NatsUpstream {
  stock(id: string) {
    return this.request('stock.:id', { params: { id }, safe: true, schema: z.object({ left: z.number() }) });
  }
}

@Upstream('archive', options)
export class ArchiveClient extends XmlUpstream {
  copies(id: string) {
    const schema = z.object({ copies: z.object({ copy: z.array(z.coerce.number()) }) });
    return this.get('/copies/:id', { params: { id }, arrays: ['copies.copy'], schema });
  }
}

/** One section for each protocol, none required. */
@Page('stuck/:id', { budgetMs: BUDGET_MS })
export class StuckPage {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly pricing: PricingClient,
    private readonly recommendations: RecommendationsClient,
    private readonly archive: ArchiveClient,
    private readonly inventory: InventoryClient,
  ) {}

  private readonly params = params(z.object({ id: z.string() }));
  readonly http = optional([this.params], ({ id }) => this.catalog.film(id));
  readonly grpc = optional([this.params], ({ id }) => this.pricing.quote(id));
  readonly graphql = optional([this.params], ({ id }) => this.recommendations.similar(id));
  readonly xml = optional([this.params], ({ id }) => this.archive.copies(id));
  readonly nats = optional([this.params], ({ id }) => this.inventory.stock(id));
}

export type Protocol = 'http' | 'grpc' | 'graphql' | 'xml' | 'nats';

/** What may be wrong with a service, and what a page that waits for it long enough then says of its section. */
export const TROUBLES = {
  down: 'upstream-refused',
  slow: 'upstream-timeout',
  malformed: 'upstream-malformed',
  'answering an error': 'upstream-status',
} as const;

export type Trouble = keyof typeof TROUBLES;

const upstreams = {
  catalog: { 'GET /films/:id': (): unknown => ({ title: 'Alien' }) },
  recommendations: { 'POST /graphql': (): unknown => ({ data: { similar: ['Aliens'] } }) },
  archive: {
    'GET /copies/:id': (): unknown =>
      replyRaw('<copies><copy>7</copy></copies>', { 'content-type': 'application/xml' }),
  },
};

type Harness<P> = PageHarness<P, typeof upstreams>;

const never = (): Promise<unknown> => new Promise(() => {});

/** Five services that each speak another protocol, and a page over them. */
export class FiveProtocols<P extends object> {
  private constructor(
    readonly pricing: FakeGrpcUpstream,
    readonly inventory: FakeNatsUpstream,
    readonly harness: Harness<P>,
  ) {}

  /** @param page  its clients are those of this file */
  static async start<P extends object>(
    // oxlint-disable-next-line typescript/no-explicit-any -- any constructor arguments: Nest injects them
    page: new (...dependencies: any[]) => P,
    clock?: Clock,
  ): Promise<FiveProtocols<P>> {
    const pricing = await fakeGrpcUpstream(SERVICE, { files }, { Quote: () => ({ amountCents: '990' }) });
    const inventory = await fakeNatsUpstream({ [SUBJECT]: () => ({ left: 3 }) });
    const harness = await pageHarness(page, {
      upstreams,
      servers: { pricing, inventory },
      ...(clock && { clock }),
    });
    return new FiveProtocols(pricing, inventory, harness);
  }

  get(id: string): ReturnType<Harness<P>['get']> {
    return this.harness.get({ id });
  }

  /** From now on one of the services is in trouble, until the end. */
  async strike(protocol: Protocol, trouble: Trouble): Promise<void> {
    const { pricing, inventory } = this;
    const { catalog, recommendations, archive } = this.harness.upstreams;
    const byHttp = (
      upstream: typeof catalog,
      route: string,
      malformed: unknown,
      refusal: unknown,
    ): Record<Trouble, () => unknown> => ({
      down: () => upstream.close(),
      slow: () => upstream.on(route, () => hang()),
      malformed: () => upstream.on(route, () => malformed),
      'answering an error': () => upstream.on(route, () => refusal),
    });
    const doctype = replyRaw('<!DOCTYPE copies><copies/>', { 'content-type': 'text/xml' });
    const noData = { data: null, errors: [{ message: 'no' }] };
    const strikes: Record<Protocol, Record<Trouble, () => unknown>> = {
      http: byHttp(catalog, 'GET /films/:id', replyRaw('{'), reply(500)),
      graphql: byHttp(recommendations, 'POST /graphql', replyRaw('{"data":'), noData),
      xml: byHttp(archive, 'GET /copies/:id', doctype, reply(503)),
      grpc: {
        down: () => pricing.close(),
        slow: () => pricing.on('Quote', never),
        malformed: () => pricing.on('Quote', () => ({ amountCents: '0' })),
        'answering an error': () => pricing.on('Quote', () => grpcStatus(13)),
      },
      nats: {
        down: () => inventory.close(),
        slow: () => inventory.on(SUBJECT, never),
        malformed: () => inventory.on(SUBJECT, () => natsReply('{"left":')),
        'answering an error': () => inventory.on(SUBJECT, () => natsError(503)),
      },
    };
    await strikes[protocol][trouble]();
  }

  end(): Promise<void> {
    return this.harness.close();
  }
}
