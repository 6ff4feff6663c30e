import { createHash } from 'node:crypto';
import { type Customer, customerById } from '../data/customers.js';
import { type FilmRecord, filmBySku } from '../data/films.js';
import { priceOf } from '../data/price-list.js';
import type { RecordStore, StoredRecord } from '../data/record-store.js';
import { type Format, shelfOf } from '../data/shelves.js';
import { type CallerCheck, callerCheck } from '../http/caller.js';
import { found, Refusal } from '../http/refusal.js';
import { Reply, type ServiceDefinition, type ServiceRequest } from '../http/route.js';

/** An order as it was placed. */
export interface Order extends StoredRecord {
  /** Made of the customer and the idempotency key: whichever process answers, the same order has the same id. */
  readonly id: string;
  readonly customerId: string;
  readonly sku: string;
  readonly filmId: number;
  readonly format: Format;
  readonly amountCents: number;
  readonly currency: 'EUR';
}

/**
 * Takes orders. `POST /orders` needs an `Idempotency-Key`: the same key of the same customer is the same order, answered
 * 201 the first time and 200 afterwards; the same key with other contents is refused (422). The price is the store's,
 * not the caller's.
 */
export function orders(store: RecordStore<Order>, mustBe: CallerCheck = callerCheck()): ServiceDefinition {
  return {
    name: 'orders',
    routes: [
      { method: 'POST', pattern: '/orders', handle: request => place(store, mustBe, request) },
      {
        method: 'GET',
        pattern: '/orders',
        handle: async request => {
          const customer = found(customerById(request.query.get('customer') ?? ''), 'customer');
          await mustBe(request, customer.id);
          return { orders: await store.list(customer.id) };
        },
      },
      { method: 'GET', pattern: '/orders/count', handle: async () => ({ count: await store.count() }) },
    ],
  };
}

async function place(store: RecordStore<Order>, mustBe: CallerCheck, request: ServiceRequest): Promise<Reply> {
  const { headers, body } = request;
  const key = headers['idempotency-key'];
  if (typeof key !== 'string' || key.length < 1 || key.length > 200) {
    throw new Refusal(400, 'idempotency-key-missing', 'An order needs an Idempotency-Key of 1 to 200 characters.');
  }
  const { customer, film, format } = readOrder(body);
  await mustBe(request, customer.id);
  const { amountCents, currency } = priceOf(film, customer.tier);
  const id = createHash('sha256').update(`${customer.id}\n${key}`).digest('hex').slice(0, 20);
  const wanted: Order = {
    id,
    at: new Date().toISOString(),
    customerId: customer.id,
    sku: film.sku,
    filmId: film.id,
    format,
    amountCents,
    currency,
  };
  const { record, created } = await store.createOnce(customer.id, id, wanted);
  if (record.sku !== wanted.sku || record.format !== wanted.format) {
    throw new Refusal(422, 'idempotency-key-reused', 'This Idempotency-Key belongs to another order.');
  }
  return new Reply(created ? 201 : 200, record);
}

function readOrder(body: unknown): { customer: Customer; film: FilmRecord; format: Format } {
  const { customerId, sku, format } = (body ?? {}) as Record<string, unknown>;
  const customer = customerById(String(customerId));
  const film = filmBySku(String(sku));
  if (!customer || !film) throw new Refusal(422, 'unknown-order', 'An order names a customer and an article we have.');
  const shelf = shelfOf(film).formats.find(offer => offer.format === format);
  if (!shelf?.available) throw new Refusal(409, 'out-of-stock', 'This film is not to be had in this format.');
  return { customer, film, format: shelf.format };
}
