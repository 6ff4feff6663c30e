import { pageHarness, type PageHarness, reply } from 'guichet/testing';
import { AccountPage } from './account.page.js';

const ada = { issuer: 'https://issuer.example', subject: 'c3', claims: { tier: 'gold' } };
const order = {
  id: 'o1',
  at: '2026-01-01T00:00:00.000Z',
  customerId: 'c3',
  sku: 'F0001',
  filmId: 1,
  format: 'dvd',
  amountCents: 680,
  currency: 'EUR',
};
const upstreams = {
  profiles: {
    'GET /customers/:id': () => ({ id: 'c3', name: 'Ada Amsel', tier: 'gold', favouriteGenre: 'Drama' }),
    'GET /customers/:id/watchlist': () => ({ customerId: 'c3', filmIds: [7] }),
  },
  orders: { 'GET /orders': () => ({ orders: [order, { ...order, id: 'o2' }] }) },
  catalog: {
    'GET /films': () => ({ films: [{ id: 1, sku: 'F0001', title: 'The Land Girls', genre: 'Drama' }] }),
  },
};

describe('the account', () => {
  let harness: PageHarness<AccountPage, keyof typeof upstreams>;
  beforeEach(async () => {
    harness = await pageHarness(AccountPage, { upstreams, principal: ada });
  });
  afterEach(() => harness.close());

  it('is of whoever asks, orders newest first', async () => {
    const { payload, complete } = await harness.get();
    expect(complete).toBe(true);
    expect(payload?.customer).toEqual({ name: 'Ada Amsel', tier: 'gold' });
    expect(payload?.orders?.map(({ id, title }) => [id, title])).toEqual([
      ['o2', 'The Land Girls'],
      ['o1', 'The Land Girls'],
    ]);
    expect(payload?.watchlist).toEqual([expect.objectContaining({ id: 1, title: 'The Land Girls' })]);
    expect(harness.upstreams.orders.requests.map(({ url }) => url)).toEqual(['/orders?customer=c3']);
  });

  it('tells who asks to the upstreams that keep personal things, and not to the catalog', async () => {
    await harness.get();
    const shown = (name: keyof typeof upstreams) =>
      harness.upstreams[name].requests.map(({ headers }) => headers['authorization'] !== undefined);
    expect([shown('profiles'), shown('orders'), shown('catalog')]).toEqual([[true, true], [true], [false, false]]);
  });

  it('is served without the orders while these cannot be had', async () => {
    harness.upstreams.orders.on('GET /orders', () => reply(500));
    const { status, payload, complete } = await harness.get();
    expect([status, complete, payload?.orders, payload?.watchlist?.length]).toEqual([200, false, undefined, 1]);
  });

  it('is nobody’s without somebody at the counter', async () => {
    expect((await harness.get(undefined, { principal: null })).status).toBe(401);
    expect(harness.upstreams.profiles.requests).toEqual([]);
  });
});
