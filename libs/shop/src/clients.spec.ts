import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Test, type TestingModule } from '@nestjs/testing';
import { InstanceSource, StaticSource } from 'guichet/discovery';
import { type CallContext, Credentials } from 'guichet/kernel';
import {
  detachedContext,
  UpstreamCall,
  type UpstreamClass,
  type UpstreamClient,
  UpstreamModule,
} from 'guichet/upstream';
import { firstValueFrom } from 'rxjs';
import { films } from '../../../examples/shop/services/data/films.js';
import { MemoryRecordStore } from '../../../examples/shop/services/data/memory-record.store.js';
import { recommendations } from '../../../examples/shop/services/graphql/recommendations.resolvers.js';
import { pricing } from '../../../examples/shop/services/grpc/pricing.methods.js';
import { serveGrpc } from '../../../examples/shop/services/grpc/server.js';
import { type RunningService, serve } from '../../../examples/shop/services/http/server.js';
import { catalog } from '../../../examples/shop/services/routes/catalog.routes.js';
import { inventory } from '../../../examples/shop/services/routes/inventory.routes.js';
import { orders } from '../../../examples/shop/services/routes/orders.routes.js';
import { profiles } from '../../../examples/shop/services/routes/profiles.routes.js';
import { ratings } from '../../../examples/shop/services/routes/ratings.routes.js';
import {
  CatalogClient,
  InventoryClient,
  OrdersClient,
  PricingClient,
  ProfilesClient,
  RatingsClient,
  RecommendationsClient,
} from './index.js';

const clients = [
  CatalogClient,
  InventoryClient,
  OrdersClient,
  PricingClient,
  ProfilesClient,
  RatingsClient,
  RecommendationsClient,
];
// A busy machine may be slow; what is tested here is what is read, not how fast.
const patient = { timeoutMs: 10_000 };
const definitions = [
  catalog,
  inventory,
  orders(new MemoryRecordStore()),
  profiles(new MemoryRecordStore()),
  ratings,
  recommendations,
];
const overrides = Object.fromEntries([...definitions, pricing].map(({ name }) => [name, patient]));

/** Of a customer who is signed in: what is personal is asked for in somebody's name. */
function contextOfSomebody(): CallContext {
  const context = detachedContext({ deadlineMs: 10_000 });
  context.request.principal = { issuer: 'https://issuer.example', subject: 'c2', claims: {} };
  context.request.credentials = new Credentials('a-token');
  return context;
}

// The clients against the services themselves: what these send is what those read.
describe('the clients', () => {
  let services: RunningService[];
  let source: StaticSource;
  let app: TestingModule;

  beforeAll(async () => {
    services = await Promise.all([...definitions.map(definition => serve(definition)), serveGrpc(pricing)]);
    const addresses = services.map(({ name, host, port }) => [name, [`${host}:${port}`]] as [string, string[]]);
    source = new StaticSource({ services: Object.fromEntries(addresses) });
    app = await Test.createTestingModule({
      imports: [
        {
          module: class Discovery {},
          global: true,
          providers: [{ provide: InstanceSource, useValue: source }],
          exports: [InstanceSource],
        },
        UpstreamModule.forRoot({ clients, overrides }),
      ],
    }).compile();
    await app.init();
  });
  afterAll(async () => {
    await app.close();
    await source.close();
    await Promise.all(services.map(service => service.stop()));
  });

  const client = <C extends UpstreamClient>(type: UpstreamClass<C>): C => app.get(type).in(contextOfSomebody());
  const hundreds = Array.from({ length: Math.ceil(films.length / 100) }, (_, i) => films.slice(i * 100, i * 100 + 100));

  it('read the films of the catalog', async () => {
    // One call each, so only some; the schema itself is held against all of them beside it.
    const some = films.filter(film => film.id % 64 === 1);
    const read = await Promise.all(some.map(({ id }) => firstValueFrom(client(CatalogClient).film(id))));
    expect(read.map(film => film.id)).toEqual(some.map(film => film.id));
  });

  it("read every film's ratings, prices and stock", async () => {
    for (const hundred of hundreds) {
      const ids = hundred.map(film => film.id);
      const rated = await firstValueFrom(client(RatingsClient).ofAll(hundred));
      const priced = await firstValueFrom(client(PricingClient).quotes(hundred, 'gold'));
      const stocked = await firstValueFrom(client(InventoryClient).ofAll(hundred));
      expect(rated.map(rating => rating.filmId)).toEqual(ids);
      expect(priced.map(quote => quote.filmId)).toEqual(ids);
      expect(stocked.map(stock => stock.filmId)).toEqual(ids);
    }
  });

  it('ask nothing for no films', () => {
    expect(client(RatingsClient).ofAll([])).not.toBeInstanceOf(UpstreamCall);
    expect(client(PricingClient).quotes([], 'basic')).not.toBeInstanceOf(UpstreamCall);
    expect(client(InventoryClient).ofAll([])).not.toBeInstanceOf(UpstreamCall);
  });

  it('read one film of each, and what goes with it', async () => {
    const film = await firstValueFrom(client(CatalogClient).film(3201));
    const rating = await firstValueFrom(client(RatingsClient).of(film.id));
    const quote = await firstValueFrom(client(PricingClient).quote(film.sku, 'basic'));
    const stock = await firstValueFrom(client(InventoryClient).of(film.sku));
    const similar = await firstValueFrom(client(RecommendationsClient).similarTo(film, 5));
    expect(quote.currency).toBe('EUR');
    expect([rating.filmId, quote.filmId, stock.filmId, similar.length]).toEqual([3201, 3201, 3201, 5]);
  });

  it('read the shop window, searches and picks', async () => {
    const lists = await firstValueFrom(client(CatalogClient).lists());
    const found = await firstValueFrom(client(CatalogClient).search('1776', 1, 20));
    const picks = await firstValueFrom(client(RecommendationsClient).picks(undefined, 3));
    expect([lists.length, found.films[0]!.title, picks.length]).toEqual([4, '1776', 3]);
  });

  it('put a film on a watchlist, and place an order once for each key', async () => {
    const { favouriteGenre } = await firstValueFrom(client(ProfilesClient).customer('c2'));
    const { filmIds } = await firstValueFrom(client(ProfilesClient).watch('c2', 7));
    const wish = { customerId: 'c2', sku: 'F0001', format: 'dvd' } as const;
    const first = await firstValueFrom(client(OrdersClient).place(wish, 'k1'));
    const again = await firstValueFrom(client(OrdersClient).place(wish, 'k1'));
    expect([favouriteGenre, filmIds.at(-1), again]).toEqual(['Adventure', 7, first]);
  });
});

it.each([
  ['pricing.proto', 'grpc/pricing.proto'],
  ['recommendations.graphql', 'graphql/recommendations.graphql'],
])('%s is the contract as the service has it', (own, service) => {
  const read = (...path: string[]) => readFileSync(join(__dirname, ...path), 'utf8');
  expect(read(own)).toBe(read('../../../examples/shop/services', service));
});
