import { HttpUpstream, Upstream } from 'guichet/upstream';
import { z } from 'zod';
import { type Format, formatSchema } from './inventory.client.js';

const orderSchema = z.object({
  id: z.string(),
  /** When it was placed, ISO 8601. */
  at: z.string(),
  customerId: z.string(),
  sku: z.string(),
  filmId: z.int(),
  format: formatSchema,
  amountCents: z.int().nonnegative(),
  currency: z.string().length(3),
});
/** An order as it was placed, at the store's price. */
export type Order = z.output<typeof orderSchema>;

/** What is to be ordered, and for whom. */
export interface OrderWish {
  readonly customerId: string;
  readonly sku: string;
  readonly format: Format;
}

/** Names an order: the same key is the same order, however often it is sent. 1 to 200 printable ASCII characters. */
export const idempotencyKeySchema = z.string().regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 printable characters');

const orderListSchema = z.object({ orders: z.array(orderSchema) }).transform(answer => answer.orders);

/** Takes orders, and tells each customer of their own: it is shown the caller's token. */
@Upstream('orders', { timeoutMs: 1_000, identity: 'user' })
export class OrdersClient extends HttpUpstream {
  /** A customer's orders, in the order in which they were placed. */
  of(customer: string) {
    return this.get('/orders', { query: { customer }, schema: orderListSchema });
  }

  /** @param key  see {@link idempotencyKeySchema} */
  place(wish: OrderWish, key: string) {
    return this.post('/orders', { body: wish, schema: orderSchema, idempotencyKey: key });
  }
}
