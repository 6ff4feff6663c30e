import { grpcStatus, pageHarness, type PageHarness, reply } from 'guichet/testing';
import { SearchPage } from './search.page.js';

const film = (id: number, title: string | number | null) => ({
  id,
  sku: `F${id}`,
  title,
  releaseDate: 'Jul 04 1972',
  genre: 'Drama',
});
const price = (id: number) => ({
  sku: `F${id}`,
  filmId: id,
  currency: 'EUR',
  amountCents: id,
  listAmountCents: id,
});
const upstreams = {
  catalog: { 'GET /search': () => ({ total: 30, films: [film(1, 'King Kong'), film(2, null)] }) },
  pricing: {
    ListQuotes: ({ skus }: Readonly<Record<string, unknown>>) => ({
      quotes: (skus as string[]).map(sku => price(Number(sku.slice(1)))),
    }),
  },
  ratings: {
    'GET /ratings': () => ({ ratings: [{ filmId: 1, imdb: 7.6, imdbVotes: 10, rottenTomatoes: 84 }] }),
  },
};

describe('the search page', () => {
  let harness: PageHarness<SearchPage, typeof upstreams>;
  beforeEach(async () => {
    harness = await pageHarness(SearchPage, { upstreams });
  });
  afterEach(() => harness.close());

  it('shows films with prices and ratings', async () => {
    const { payload } = await harness.get({}, { query: { query: 'king' } });
    expect(payload).toEqual({
      results: {
        total: 30,
        films: [
          { id: 1, title: 'King Kong', year: 1972, genre: 'Drama' },
          { id: 2, title: 'Untitled film', year: 1972, genre: 'Drama' },
        ],
      },
      prices: [1, 2].map(id => ({ filmId: id, currency: 'EUR', amountCents: id, listAmountCents: id })),
      ratings: [{ filmId: 1, imdb: 7.6 }],
    });
  });

  it('is served without prices and ratings', async () => {
    harness.upstreams.pricing.on('ListQuotes', () => grpcStatus(14));
    harness.upstreams.ratings.on('GET /ratings', () => reply(503));
    const { status, sections } = await harness.get({}, { query: { query: 'king' } });
    expect([status, Object.keys(sections)]).toEqual([200, ['prices', 'ratings']]);
  });

  it('asks for the page that is wanted, the text encoded', async () => {
    await harness.get({}, { query: { query: ' k&page=9/../ ', page: 2 } });
    expect(harness.upstreams.catalog.requests.map(({ url }) => url)).toEqual([
      '/search?query=k%26page%3D9%2F..%2F&page=2&pageSize=24',
    ]);
  });

  it('asks nobody for prices when nothing was found', async () => {
    harness.upstreams.catalog.on('GET /search', () => ({ total: 0, films: [] }));
    const { complete } = await harness.get({}, { query: { query: 'x' } });
    expect([complete, harness.upstreams.pricing.calls]).toEqual([true, []]);
  });

  it.each([{}, { query: ' ' }, { query: 'x'.repeat(101) }, { query: 'x', page: 0 }, { query: 'x', page: '1e3' }])(
    'refuses %j',
    async query => {
      const { status } = await harness.get({}, { query: query as Record<string, string> });
      expect([status, harness.upstreams.catalog.requests]).toEqual([400, []]);
    },
  );
});
