import { grpcStatus, pageHarness, type PageHarness, reply } from 'guichet/testing';
import { HomePage } from './home.page.js';

const film = (id: number, title: string | number | null) => ({
  id,
  sku: `F${id}`,
  title,
  releaseDate: 'Jul 04 1972',
  genre: 'Drama',
});
const price = (id: number, tier: unknown) => ({
  sku: `F${id}`,
  filmId: id,
  tier,
  currency: 'EUR',
  amountCents: id,
  listAmountCents: id,
});
const stock = (id: number, available: boolean) => ({
  sku: `F${id}`,
  filmId: id,
  formats: [{ format: 'stream', copies: null, available }],
});
const upstreams = {
  catalog: {
    'GET /lists': () => ({
      lists: [{ name: 'all', title: 'All', films: [film(1, 1776), film(2, null), film(3, 'Out')] }],
    }),
  },
  inventory: { 'GET /stock': () => ({ stock: [stock(4, true)] }) },
  recommendations: { 'POST /graphql': () => ({ data: { picks: [film(4, 'Picked')] } }) },
  pricing: {
    ListQuotes: ({ skus, tier }: Readonly<Record<string, unknown>>) => ({
      quotes: (skus as string[]).map(sku => price(Number(sku.slice(1)), tier)),
    }),
  },
  ratings: {
    'GET /ratings': () => ({ ratings: [{ filmId: 4, imdb: 7.5, imdbVotes: 10, rottenTomatoes: null }] }),
  },
};

describe('the compact shop window', () => {
  let harness: PageHarness<HomePage, typeof upstreams>;
  beforeEach(async () => {
    harness = await pageHarness(HomePage, { upstreams });
  });
  afterEach(() => harness.close());

  it('shows a film for tonight, and the top of each shelf with prices', async () => {
    const { payload, complete } = await harness.get();
    expect(complete).toBe(true);
    expect(payload).toEqual({
      tonight: { id: 4, title: 'Picked', imdb: 7.5, streams: true },
      lists: [
        {
          title: 'All',
          films: [
            { id: 1, title: '1776', price: 1 },
            { id: 2, title: 'Untitled film', price: 2 },
            { id: 3, title: 'Out', price: 3 },
          ],
        },
      ],
    });
  });

  it('shows five films of a shelf at most, and asks for no more prices', async () => {
    const films = [1, 2, 3, 4, 5, 6].map(id => film(id, 'Film'));
    harness.upstreams.catalog.on('GET /lists', () => ({ lists: [{ name: 'all', title: 'All', films }] }));
    const { payload } = await harness.get();
    expect(payload.lists[0]!.films).toHaveLength(5);
    expect(harness.upstreams.pricing.calls[0]!.message).toMatchObject({ skus: ['F1', 'F2', 'F3', 'F4', 'F5'] });
  });

  it('has no film for tonight without picks, and no prices without pricing', async () => {
    harness.upstreams.recommendations.on('POST /graphql', () => reply(503));
    harness.upstreams.pricing.on('ListQuotes', () => grpcStatus(14));
    const { payload, complete } = await harness.get();
    expect([complete, payload.tonight, payload.lists[0]!.films[0]!.price]).toEqual([false, undefined, null]);
  });

  it('has nothing for tonight when nothing is picked', async () => {
    harness.upstreams.recommendations.on('POST /graphql', () => ({ data: { picks: [] } }));
    const { payload, complete } = await harness.get();
    expect([complete, payload.tonight, harness.upstreams.ratings.requests]).toEqual([true, null, []]);
  });
});
