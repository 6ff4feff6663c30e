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

describe('the film page', () => {
  let harness: PageHarness<FilmPage, typeof upstreams>;
  beforeEach(async () => {
    harness = await pageHarness(FilmPage, { upstreams });
  });
  afterEach(() => harness.close());

  it('says what the film is, what it costs, how it can be had, what people say, what else to see', async () => {
    const { payload, complete } = await harness.get({ id: '1144' });
    expect(complete).toBe(true);
    expect(payload).toEqual({
      film: {
        id: 1144,
        title: 'Alien',
        year: 1979,
        genre: 'Horror',
        director: 'Ridley Scott',
        mpaaRating: 'R',
        runningTimeMinutes: 117,
        distributor: '20th Century Fox',
        basis: 'Original Screenplay',
        releaseDate: 'May 25 1979',
      },
      price: { currency: 'EUR', amountCents: 530, listAmountCents: 530 },
      ratings: { imdb: 8.5, imdbVotes: 264_887, rottenTomatoes: 97 },
      stock: [
        { format: 'dvd', copies: 0, available: false },
        { format: 'stream', copies: null, available: true },
      ],
      similar: [{ id: 706, title: 'Blade Runner', year: 1982, genre: 'Drama' }],
    });
  });

  it("asks for the price of the viewer's tier, and for films like this one", async () => {
    const { payload } = await harness.get({ id: '1144' }, { principal: gold });
    expect(payload.price.amountCents).toBe(451);
    expect(harness.upstreams.recommendations.requests.map(request => request.body)).toMatchObject([
      { variables: { filmId: 1144, genre: 'Horror', director: 'Ridley Scott', limit: 12 } },
    ]);
  });

  it('copes with a film of which little is known', async () => {
    harness.upstreams.catalog.on('GET /films/:id', () => ({ id: 7, sku: 'F0007', title: null, genre: null }));
    const { payload, complete } = await harness.get({ id: '7' });
    expect([complete, payload.film.title, payload.film.year]).toEqual([true, 'Untitled film', null]);
  });

  it.each(['price', 'film'])('fails without its %s', async section => {
    if (section === 'film') harness.upstreams.catalog.on('GET /films/:id', () => reply(404));
    else harness.upstreams.pricing.on('GetQuote', () => grpcStatus(13));
    const { status, problem } = await harness.get({ id: '1144' });
    expect([status, problem?.failures?.[0]?.section]).toEqual([section === 'film' ? 404 : 502, section]);
  });

  it('is served without ratings, stock and recommendations', async () => {
    harness.upstreams.ratings.on('GET /ratings/:filmId', () => reply(503));
    harness.upstreams.inventory.on('GET /stock/:sku', () => reply(200, { stock: 'nonsense' }));
    harness.upstreams.recommendations.on('POST /graphql', () => ({ data: null, errors: [{ message: 'no' }] }));
    const { status, payload, sections } = await harness.get({ id: '1144' });
    expect(status).toBe(200);
    expect(payload.similar).toEqual([]);
    expect(Object.entries(sections).map(([name, section]) => [name, section?.state])).toEqual([
      ['ratings', 'omitted'],
      ['stock', 'omitted'],
      ['similar', 'fallback'],
    ]);
  });

  it.each(['0', 'abc', '../../admin', '//evil', '%2e%2e%2f', '?x=', 'a\r\nb'])('refuses %j as an id', async id => {
    const { status } = await harness.get({ id });
    expect([status, harness.upstreams.catalog.requests]).toEqual([400, []]);
  });
});
