import { OrdersClient, ProfilesClient } from '#shop';
import { optional, Page, type PayloadOf, principal, required, type SectionsOf } from 'guichet/page';
import { accountShape } from './account.shape.js';

/** The account of the customer at the counter, on a small screen. */
@Page('account', { budgetMs: 1_000, shape: accountShape, summary: 'The account of whoever asks, compact' })
export class AccountPage {
  constructor(
    private readonly profiles: ProfilesClient,
    private readonly books: OrdersClient,
  ) {}

  private readonly viewer = principal();

  readonly customer = required([this.viewer], ({ subject }) => this.profiles.customer(subject));
  readonly orders = optional([this.viewer], ({ subject }) => this.books.of(subject));
  readonly watchlist = optional([this.viewer], ({ subject }) => this.profiles.watchlist(subject));

  view({ customer, orders, watchlist }: SectionsOf<AccountPage>) {
    return {
      name: customer.name,
      tier: customer.tier,
      orders: orders && { count: orders.length, last: orders.at(-1)?.at ?? null },
      watchlist: watchlist?.filmIds,
    };
  }
}

export type AccountPayload = PayloadOf<AccountPage>;
