import { pageHarness, type PageHarness, reply } from 'guichet/testing';
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
  inventory: { 'GET /stock': () => ({ stock: [stock(1, true), stock(2, true), stock(3, false)] }) },
  recommendations: { 'POST /graphql': () => ({ data: { picks: [film(4, 'Picked')] } }) },
  pricing: {
    ListQuotes: ({ skus, tier }: Readonly<Record<string, unknown>>) => ({
      quotes: (skus as string[]).map(sku => price(Number(sku.slice(1)), tier)),
    }),
  },
  ratings: {
    'GET /ratings': () => ({ ratings: [{ filmId: 4, imdb: 7.5, imdbVotes: 10, rottenTomatoes: null }] }),
  },
  profiles: {
    'GET /customers/:id': () => ({ id: 'c3', name: 'Dario Amsel', tier: 'gold', favouriteGenre: 'Western' }),
  },
};

const dario = { issuer: 'https://issuer.example', subject: 'c3', claims: { tier: 'gold' } };

describe('the shop window', () => {
  let harness: PageHarness<HomePage, typeof upstreams>;
  beforeEach(async () => {
    harness = await pageHarness(HomePage, { upstreams });
  });
  afterEach(() => harness.close());

  it('shows what can be had, with prices and ratings, and picks', async () => {
    const { payload, complete } = await harness.get();
    expect(complete).toBe(true);
    expect(payload).toEqual({
      customer: null,
      lists: [
        {
          name: 'all',
          title: 'All',
          films: [
            { id: 1, title: '1776', year: 1972, genre: 'Drama' },
            { id: 2, title: 'Untitled film', year: 1972, genre: 'Drama' },
          ],
        },
      ],
      picks: [{ id: 4, title: 'Picked', year: 1972, genre: 'Drama' }],
      prices: [1, 2, 3, 4].map(id => ({ filmId: id, currency: 'EUR', amountCents: id, listAmountCents: id })),
      ratings: [{ filmId: 4, imdb: 7.5 }],
    });
    expect(harness.upstreams.profiles.requests).toEqual([]);
  });

  it('greets a customer, picks by taste and prices by tier', async () => {
    const { payload } = await harness.get({}, { principal: dario });
    expect(payload.customer).toEqual({ name: 'Dario Amsel' });
    expect(harness.upstreams.recommendations.requests[0]!.body).toMatchObject({
      variables: { genre: 'Western', limit: 12 },
    });
    expect(harness.upstreams.pricing.calls[0]!.message).toMatchObject({ tier: 'TIER_GOLD' });
  });

  it('serves a stranger when nobody knows the customer', async () => {
    harness.upstreams.profiles.on('GET /customers/:id', () => reply(503));
    const { payload, sections } = await harness.get({}, { principal: dario });
    expect([payload.customer, payload.lists.length]).toEqual([null, 1]);
    expect(sections).toEqual({ customer: { state: 'fallback', reason: 'upstream-status' } });
  });

  it('shows all films when nobody knows the stock', async () => {
    harness.upstreams.inventory.on('GET /stock', () => reply(503));
    const { payload } = await harness.get();
    expect(payload.lists[0]!.films.map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  it('is nothing without its shelves', async () => {
    harness.upstreams.catalog.on('GET /lists', () => reply(500));
    expect((await harness.get()).status).toBe(502);
  });
});
