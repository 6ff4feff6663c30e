import { CatalogClient, type FilmCard, type Order, OrdersClient, ProfilesClient } from '#shop';
import { internal, maybe, optional, Page, type PayloadOf, principal, required, type SectionsOf } from 'guichet/page';
import { titled } from '../film-tile.js';
import { accountShape } from './account.shape.js';

/** How many orders and films an account shows. */
const SHOWN = 24;

/** The account of the customer at the counter: who they are, what they ordered, what they want to see. */
@Page('account', { budgetMs: 1_000, shape: accountShape, summary: 'The account of whoever asks' })
export class AccountPage {
  constructor(
    private readonly profiles: ProfilesClient,
    private readonly books: OrdersClient,
    private readonly catalog: CatalogClient,
  ) {}

  private readonly viewer = principal();

  readonly customer = required([this.viewer], ({ subject }) => this.profiles.customer(subject));
  readonly placed = internal([this.viewer], ({ subject }) => this.books.of(subject), { optional: true });
  readonly ordered = internal([this.placed], orders => this.catalog.films(newest(orders).map(({ filmId }) => filmId)), {
    optional: true,
  });
  readonly orders = optional([this.placed, maybe(this.ordered)], (orders, films) =>
    newest(orders).map(order => ({ ...order, title: titleIn(films ?? [], order.filmId) })),
  );
  readonly wishes = internal([this.viewer], ({ subject }) => this.profiles.watchlist(subject), { optional: true });
  readonly watchlist = optional([this.wishes], ({ filmIds }) => this.catalog.films(filmIds.slice(-SHOWN)));

  view({ customer, orders, watchlist }: SectionsOf<AccountPage>) {
    return { customer, orders, watchlist: watchlist?.map(titled) };
  }
}

function newest(orders: readonly Order[]): Order[] {
  return orders.slice(-SHOWN).reverse();
}

function titleIn(films: readonly FilmCard[], id: number): string | null {
  const film = films.find(other => other.id === id);
  return film ? titled(film).title : null;
}

export type AccountPayload = PayloadOf<AccountPage>;
