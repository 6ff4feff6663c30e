import { pageHarness, type PageHarness, reply } from 'guichet/testing';
import { WatchCommand } from './watch.command.js';

const upstreams = {
  catalog: { 'GET /films/:id': () => ({ id: 22, sku: 'F0022', title: 1776 }) },
  profiles: { 'PUT /customers/:id/watchlist/:filmId': () => ({ customerId: 'c3', filmIds: [7, 22] }) },
};

const ada = { issuer: 'https://issuer.example', subject: 'c3', claims: {} };

describe('putting a film on the watchlist', () => {
  let harness: PageHarness<WatchCommand, keyof typeof upstreams>;
  beforeEach(async () => {
    harness = await pageHarness(WatchCommand, { upstreams, principal: ada });
  });
  afterEach(() => harness.close());

  it('answers with the watchlist', async () => {
    const { status, payload } = await harness.send({ filmId: 22 });
    expect([status, payload]).toEqual([200, { watchlist: { filmIds: [7, 22] } }]);
    expect(harness.upstreams.profiles.requests[0]!.url).toBe('/customers/c3/watchlist/22');
  });

  it('writes nothing for a film that the store does not have', async () => {
    harness.upstreams.catalog.on('GET /films/:id', () => reply(404));
    expect((await harness.send({ filmId: 9999 })).status).toBe(404);
    expect(harness.upstreams.profiles.requests).toEqual([]);
  });

  it.each([{}, { filmId: '1' }, { filmId: 0 }])('refuses %j', async body =>
    expect((await harness.send(body)).status).toBe(400),
  );
});
