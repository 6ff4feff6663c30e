import { filmBySku, films } from '../data/films.js';
import { MemoryRecordStore } from '../data/memory-record.store.js';
import { priceOf } from '../data/price-list.js';
import type { ServiceDefinition } from '../http/route.js';
import { type RunningService, serve } from '../http/server.js';
import { catalog } from './catalog.routes.js';
import { inventory } from './inventory.routes.js';
import { orders } from './orders.routes.js';
import { profiles } from './profiles.routes.js';
import { ratings } from './ratings.routes.js';

const definitions: ServiceDefinition[] = [
  catalog,
  ratings,
  inventory,
  profiles(new MemoryRecordStore()),
  orders(new MemoryRecordStore()),
];
const running = new Map<string, RunningService>();

beforeAll(async () => {
  for (const definition of definitions) running.set(definition.name, await serve(definition));
});
afterAll(() => Promise.all([...running.values()].map(service => service.stop())));

const call = (service: string, path: string, init?: RequestInit) =>
  fetch(`http://127.0.0.1:${running.get(service)!.port}${path}`, init);
const get = async (service: string, path: string) => (await (await call(service, path)).json()) as never;
const statusOf = async (service: string, path: string) => (await call(service, path)).status;

describe('catalog', () => {
  it('has a film as the file has it, without what other services say of it', async () => {
    expect(await get('catalog', '/films/22')).toMatchObject({ id: 22, title: 1776, genre: 'Drama' });
    expect(await get('catalog', '/films/22')).not.toHaveProperty('imdbRating');
  });

  it('has no film 3202', async () => {
    expect(await statusOf('catalog', '/films/3201')).toBe(200);
    expect(await statusOf('catalog', '/films/3202')).toBe(404);
  });

  it('gives several films at once, in the order asked for, without those it does not have', async () => {
    const { films: found } = (await get('catalog', '/films?ids=3,9999,1')) as { films: { id: number }[] };
    expect(found.map(film => film.id)).toEqual([3, 1]);
  });

  it('searches titles page by page, those that begin with the text first', async () => {
    type Page = { total: number; films: { title: string }[] };
    const first: Page = await get('catalog', '/search?query=Alien&pageSize=2');
    const second: Page = await get('catalog', '/search?query=alien&pageSize=2&page=2');
    expect(first.films[0]!.title).toMatch(/^Alien/);
    expect(first.total).toBeGreaterThan(2);
    expect(second.films[0]!.title).not.toBe(first.films[0]!.title);
    expect(await get('catalog', '/search?query=')).toMatchObject({ total: 0, films: [] });
    expect(await statusOf('catalog', '/search?query=a&page=0')).toBe(400);
  });

  it('finds a title that is a number', async () => {
    expect(await get('catalog', '/search?query=1776')).toMatchObject({ total: 1, films: [{ title: 1776 }] });
  });

  it('fills the shop window with lists of twelve', async () => {
    const { lists } = (await get('catalog', '/lists')) as { lists: { name: string; films: { title: string }[] }[] };
    expect(lists.map(list => list.films.length)).toEqual([12, 12, 12, 12]);
    expect(lists[0]!.films[0]!.title).toBe('Avatar');
  });
});

describe('ratings', () => {
  it('has nulls for a film that nobody rated', async () => {
    const unrated = films.find(film => film.imdbRating === null && film.rottenTomatoes === null)!;
    const expected = { filmId: unrated.id, imdb: null, imdbVotes: null, rottenTomatoes: null };
    expect(await get('ratings', `/ratings/${unrated.id}`)).toEqual(expected);
  });

  it('knows the best of those that many people rated', async () => {
    const { ratings: top } = (await get('ratings', '/top?limit=3')) as { ratings: { imdb: number }[] };
    expect(top).toHaveLength(3);
    expect(top[0]!.imdb).toBeGreaterThanOrEqual(top[2]!.imdb);
  });
});

describe('inventory', () => {
  it('has a film in formats', async () => {
    expect(await get('inventory', '/stock/F0001')).toEqual({
      sku: 'F0001',
      filmId: 1,
      formats: [
        { format: 'dvd', copies: 7, available: true },
        { format: 'blu-ray', copies: 3, available: true },
        { format: 'stream', copies: null, available: true },
      ],
    });
  });

  it('runs out of some', async () => {
    expect(await get('inventory', '/stock?skus=F0010,nonsense')).toMatchObject({
      stock: [{ sku: 'F0010', formats: expect.arrayContaining([{ format: 'dvd', copies: 0, available: false }]) }],
    });
  });
});

describe('profiles', () => {
  it('knows its customers', async () => {
    expect(await get('profiles', '/customers/c3')).toMatchObject({ id: 'c3', name: 'Dario Amsel', tier: 'gold' });
    expect(await statusOf('profiles', '/customers/c201')).toBe(404);
  });

  it('puts a film on the watchlist once', async () => {
    type List = { filmIds: number[] };
    const before: List = await get('profiles', '/customers/c5/watchlist');
    const put = () => call('profiles', '/customers/c5/watchlist/7', { method: 'PUT' });
    expect((await put()).status).toBe(201);
    expect((await put()).status).toBe(200);
    const after: List = await get('profiles', '/customers/c5/watchlist');
    expect(after.filmIds).toEqual([...before.filmIds, 7]);
  });

  it('does not take a film that the store does not have', async () => {
    expect((await call('profiles', '/customers/c5/watchlist/9999', { method: 'PUT' })).status).toBe(422);
  });
});

describe('orders', () => {
  const place = (key: string | undefined, order: object) =>
    call('orders', '/orders', {
      method: 'POST',
      headers: key === undefined ? {} : { 'Idempotency-Key': key },
      body: JSON.stringify(order),
    });
  const order = { customerId: 'c3', sku: 'F0001', format: 'dvd' };

  it('places the same order once, however often it is asked for', async () => {
    const first = await place('key-1', order);
    const again = await place('key-1', order);
    expect([first.status, again.status]).toEqual([201, 200]);
    const placed = (await first.json()) as object;
    expect(await again.json()).toEqual(placed);
    expect(await get('orders', '/orders?customer=c3')).toEqual({ orders: [placed] });
  });

  it('takes the same key of another customer for another order', async () => {
    const before = (await get('orders', '/orders/count')) as { count: number };
    expect((await place('key-2', order)).status).toBe(201);
    expect((await place('key-2', { ...order, customerId: 'c4' })).status).toBe(201);
    expect(await get('orders', '/orders/count')).toEqual({ count: before.count + 2 });
  });

  it("prices by the customer's tier, whatever the caller says", async () => {
    const placed = (await (await place('key-3', { ...order, amountCents: 1 })).json()) as { amountCents: number };
    expect(placed.amountCents).toBe(priceOf(filmBySku('F0001')!, 'gold').amountCents);
  });

  it('refuses a key with other contents, no key, an unknown customer, and what is out of stock', async () => {
    await place('key-4', order);
    expect((await place('key-4', { ...order, format: 'stream' })).status).toBe(422);
    expect((await place(undefined, order)).status).toBe(400);
    expect((await place('key-5', { ...order, customerId: 'nobody' })).status).toBe(422);
    expect((await place('key-6', { ...order, sku: 'F0010' })).status).toBe(409);
  });
});
