import { CatalogClient, formatSchema, idempotencyKeySchema, OrdersClient } from '#shop';
import { body, Command, headers, internal, type PayloadOf, principal, required } from 'guichet/page';
import { z } from 'zod';
import { orderShape } from './order.shape.js';

/** Places an order of the customer at the counter. The client names it by `Idempotency-Key`: sent again with the same key, it is the same order. */
@Command('POST', 'orders', { budgetMs: 3_000, status: 201, shape: orderShape, summary: 'Order a film' })
export class OrderCommand {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly orders: OrdersClient,
  ) {}

  private readonly viewer = principal();
  private readonly body = body(z.object({ filmId: z.int().positive(), format: formatSchema }));
  private readonly sent = headers(z.object({ 'idempotency-key': idempotencyKeySchema }));

  readonly film = internal([this.body], ({ filmId }) => this.catalog.film(filmId));
  readonly order = required(
    [this.viewer, this.body, this.film, this.sent],
    ({ subject: customerId }, { format }, { sku }, sent) =>
      this.orders.place({ customerId, sku, format }, sent['idempotency-key']),
  );
}

export type OrderPayload = PayloadOf<OrderCommand>;
