import { pageHarness, type PageHarness, reply } from 'guichet/testing';
import { OrderCommand } from './order.command.js';

const placed = {
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
  catalog: { 'GET /films/:id': () => ({ id: 1, sku: 'F0001', title: 'The Land Girls' }) },
  orders: { 'POST /orders': () => reply(201, placed) },
};
const wish = { filmId: 1, format: 'dvd' };
const ada = { issuer: 'https://issuer.example', subject: 'c3', claims: {} };
const named = { headers: { 'idempotency-key': 'k-1' } };

describe('ordering', () => {
  let harness: PageHarness<OrderCommand, keyof typeof upstreams>;
  beforeEach(async () => {
    harness = await pageHarness(OrderCommand, { upstreams, principal: ada });
  });
  afterEach(() => harness.close());

  it("places the order under the client's key", async () => {
    const { status, payload } = await harness.send(wish, named);
    const [request] = harness.upstreams.orders.requests;
    expect([status, payload]).toEqual([201, { order: { id: 'o1', format: 'dvd', amountCents: 680, currency: 'EUR' } }]);
    expect(request!.headers['idempotency-key']).toBe('k-1');
    expect(request!.body).toEqual({ customerId: 'c3', sku: 'F0001', format: 'dvd' });
  });

  it('says why the store refuses', async () => {
    harness.upstreams.orders.on('POST /orders', () => reply(409, { title: 'out of stock', detail: 'All out.' }));
    const { status, problem } = await harness.send(wish, named);
    expect([status, problem?.detail]).toEqual([409, 'All out.']);
  });

  it('orders nothing that the store does not have', async () => {
    harness.upstreams.catalog.on('GET /films/:id', () => reply(404));
    expect((await harness.send(wish, named)).status).toBe(404);
    expect(harness.upstreams.orders.requests).toEqual([]);
  });

  it('refuses whoever is nobody', async () => {
    expect((await harness.send(wish, { ...named, principal: null })).status).toBe(401);
    expect(harness.upstreams.orders.requests).toEqual([]);
  });

  it.each([
    ['no key', wish, {}],
    ['a key with a space', wish, { headers: { 'idempotency-key': 'a b' } }],
    ['an unknown format', { ...wish, format: 'vhs' }, named],
    ['a film that is no number', { ...wish, filmId: '1' }, named],
  ])('refuses %s', async (_, body, request) => {
    expect((await harness.send(body, request)).status).toBe(400);
    expect(harness.upstreams.orders.requests).toEqual([]);
  });
});
