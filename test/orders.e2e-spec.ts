import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { as, type Bff, startBff } from './support/bff.js';
import { type Answer, request } from './support/http.js';
import { measured } from './support/measured.js';
import { requestsOf, scratchFolder, type Service, startAllServices, startService } from './support/services.js';

const ORDERS = 1_000;
/** How many clients order at the same time. */
const CLIENTS = 20;
/** After so many answers one process of `orders` is killed. */
const KILLED_AFTER = 300;

/** What a client that placed an order was told. */
interface Told {
  readonly key: string;
  readonly customerId: string;
  readonly answer: Answer;
}

let web: Bff;
let instances: Service[];

beforeAll(async () => {
  const { byName, upstreamsFile } = await startAllServices();
  // Two processes that share what they remember, in place of the one in memory.
  const env = { DISCOVERY: 'static', SHOP_DATA_DIR: scratchFolder() };
  instances = await Promise.all([startService('orders', env), startService('orders', env)]);
  const places = Object.values(byName).map(({ name, host, port }) => [name, [`${host}:${port}`]]);
  const orders = instances.map(({ host, port }) => `${host}:${port}`);
  writeFileSync(upstreamsFile, JSON.stringify({ ...Object.fromEntries(places), orders }));
  web = await startBff('web', { DISCOVERY: 'static', UPSTREAMS_FILE: upstreamsFile });
});

it(`none of ${ORDERS} orders is placed twice, and each is answered, while a process of orders is killed`, async () => {
  const told: Told[] = [];
  const [victim, survivor] = instances as [Service, Service];
  let next = 0;
  let servedByVictim = 0;
  const client = async (): Promise<void> => {
    while (next < ORDERS) {
      const n = next++;
      const key = randomUUID();
      const customerId = `c${(n % 200) + 1}`;
      told.push({ key, customerId, answer: await placeOrder(key, customerId) });
      if (told.length === KILLED_AFTER) {
        servedByVictim = (await requestsOf(victim)).length;
        victim.program.child.kill('SIGKILL');
      }
    }
  };
  // A client that gets no answer at all rejects, and the test fails.
  await Promise.all(Array.from({ length: CLIENTS }, client));
  expect(await victim.program.ended).toMatchObject({ signal: 'SIGKILL' });

  const placed = told.filter(({ answer }) => answer.status >= 200 && answer.status < 300);
  const failed = told.filter(one => !placed.includes(one));
  expect(told).toHaveLength(ORDERS);
  for (const { answer } of failed) {
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({ status: answer.status, code: expect.stringMatching(/^[a-z-]+$/) as string });
  }

  // What stands in the books: everything that was confirmed, nothing twice, nothing that nobody ordered.
  const books = await allOrders(survivor);
  const confirmed = placed.map(({ answer }) => (answer.json() as { order: { id: string } }).order.id);
  expect(new Set(books).size).toBe(books.length);
  expect(new Set(confirmed).size).toBe(confirmed.length);
  expect(books).toEqual(expect.arrayContaining(confirmed));
  expect(books.length).toBeLessThanOrEqual(ORDERS);
  // The killed one had its share before, and the other took over: else nothing was shown.
  expect(servedByVictim).toBeGreaterThan(0);
  expect((await requestsOf(survivor)).length).toBeGreaterThan(KILLED_AFTER);
  expect(placed.length).toBeGreaterThan(KILLED_AFTER);

  const codes = failed.map(({ answer }) => (answer.json() as { code: string }).code);
  measured(
    'orders placed / failed with a code / in the books',
    `${placed.length} / ${failed.length} ${JSON.stringify([...new Set(codes)])} / ${books.length}`,
  );

  // Whoever was told of a failure asks again with the same key and gets the order, once.
  for (const { key, customerId } of failed) {
    expect((await placeOrder(key, customerId)).status).toBe(201);
  }
  const settled = await allOrders(survivor);
  expect(settled).toHaveLength(ORDERS);
  expect(new Set(settled).size).toBe(ORDERS);
});

it('the same key again is the same order', async () => {
  const key = randomUUID();
  const [first, second] = [await placeOrder(key, 'c7'), await placeOrder(key, 'c7')];
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.json()).toEqual(first.json());
});

it('a refusal of the service reaches the client as a problem with its code', async () => {
  const key = randomUUID();
  await placeOrder(key, 'c7');
  const { status, headers, json } = await placeOrder(key, 'c7', 2);
  expect([status, headers['content-type']]).toEqual([422, expect.stringMatching(/^application\/problem\+json/)]);
  expect(json()).toMatchObject({ status: 422, failures: [{ section: 'order', code: 'upstream-status' }] });
});

async function placeOrder(key: string, customerId: string, filmId = 1): Promise<Answer> {
  const headers = { 'Idempotency-Key': key, ...(await as(customerId)) };
  return request(`${web.url}/pages/orders`, { method: 'POST', headers, body: { filmId, format: 'stream' } });
}

/** @returns the ids of all customers' orders, as a process of orders has them */
async function allOrders({ host, port }: Service): Promise<string[]> {
  const customers = Array.from({ length: 200 }, (_, index) => `c${index + 1}`);
  const lists = await Promise.all(
    customers.map(
      async id =>
        (await request(`http://${host}:${port}/orders?customer=${id}`)).json() as { orders: { id: string }[] },
    ),
  );
  return lists.flatMap(({ orders }) => orders.map(({ id }) => id));
}
