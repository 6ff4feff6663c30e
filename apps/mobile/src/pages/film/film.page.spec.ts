import { grpcStatus, pageHarness, type PageHarness, reply } from 'guichet/testing';
import { FilmPage } from './film.page.js';

const alien = {
  id: 1144,
  sku: 'F1144',
  title: 'Alien',
  releaseDate: 'May 25 1979',
  genre: 'Horror',
  director: 'Ridley Scott',
  mpaaRating: 'R',
  runningTimeMinutes: 117,
  distributor: '20th Century Fox',
  basis: 'Original Screenplay',
  budget: 9_000_000,
};
const bladeRunner = { id: 706, sku: 'F0706', title: 'Blade Runner', releaseDate: 'Jun 25 1982', genre: 'Drama' };
const upstreams = {
  catalog: { 'GET /films/:id': () => alien as object },
  pricing: {
    GetQuote: ({ sku, tier }: Readonly<Record<string, unknown>>) => ({
      sku,
      filmId: 1144,
      tier,
      currency: 'EUR',
      amountCents: tier === 'TIER_GOLD' ? 451 : 530,
      listAmountCents: 530,
    }),
  },
  ratings: { 'GET /ratings/:filmId': () => ({ filmId: 1144, imdb: 8.5, imdbVotes: 264_887, rottenTomatoes: 97 }) },
  inventory: {
    'GET /stock/:sku': () => ({
      sku: 'F1144',
      filmId: 1144,
      formats: [
        { format: 'dvd', copies: 0, available: false },
        { format: 'stream', copies: null, available: true },
      ],
    }),
  },
  recommendations: { 'POST /graphql': () => ({ data: { similar: [bladeRunner] } }) },
};
const gold = { issuer: 'https://id.example', subject: 'ada', claims: { tier: 'gold' } };

describe('the compact film page', () => {
  let harness: PageHarness<FilmPage, typeof upstreams>;
  beforeEach(async () => {
    harness = await pageHarness(FilmPage, { upstreams });
  });
  afterEach(() => harness.close());

  it('says in few bytes what a small screen shows', async () => {
    const { payload, complete } = await harness.get({ id: '1144' });
    expect(complete).toBe(true);
    expect(payload).toEqual({
      title: 'Alien',
      year: 1979,
      price: 530,
      currency: 'EUR',
      imdb: 8.5,
      formats: ['stream'],
      similar: [{ id: 706, title: 'Blade Runner' }],
    });
  });

  it("asks for the price of the viewer's tier", async () => {
    const { payload } = await harness.get({ id: '1144' }, { principal: gold });
    expect(payload.price).toBe(451);
  });

  it('copes with a film without title and year', async () => {
    harness.upstreams.catalog.on('GET /films/:id', () => ({ id: 7, sku: 'F0007', title: null, genre: null }));
    const { payload } = await harness.get({ id: '7' });
    expect([payload.title, payload.year]).toEqual(['Untitled film', null]);
  });

  it('is served without rating and stock, and says so', async () => {
    harness.upstreams.ratings.on('GET /ratings/:filmId', () => reply(503));
    harness.upstreams.inventory.on('GET /stock/:sku', () => reply(503));
    const { payload, sections, complete } = await harness.get({ id: '1144' });
    expect([complete, payload.imdb, payload.formats, Object.keys(sections)]).toEqual([
      false,
      null,
      undefined,
      ['rating', 'stock'],
    ]);
  });

  it('fails without a price', async () => {
    harness.upstreams.pricing.on('GetQuote', () => grpcStatus(13));
    expect((await harness.get({ id: '1144' })).status).toBe(502);
  });
});
