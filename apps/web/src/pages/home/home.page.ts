import {
  CatalogClient,
  type Customer,
  customerIdSchema,
  InventoryClient,
  PricingClient,
  ProfilesClient,
  RatingsClient,
  RecommendationsClient,
} from '#shop';
import { internal, maybe, optional, Page, type PayloadOf, query, required, type SectionsOf } from 'guichet/page';
import { type Observable, of } from 'rxjs';
import { z } from 'zod';
import { titled } from '../film-tile.js';
import { homeShape } from './home.shape.js';
import { inStock } from './in-stock.js';

/** The shop window. Until the store knows who is at the counter, `?customer=` says so. */
@Page('home', { budgetMs: 1_000, shape: homeShape, summary: 'The shop window' })
export class HomePage {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly inventory: InventoryClient,
    private readonly profiles: ProfilesClient,
    private readonly recommendations: RecommendationsClient,
    private readonly pricing: PricingClient,
    private readonly critics: RatingsClient,
  ) {}

  private readonly query = query(z.object({ customer: customerIdSchema.optional() }));

  readonly shelves = internal([], () => this.catalog.lists());
  readonly films = internal([this.shelves], shelves => shelves.flatMap(shelf => shelf.films));
  readonly stock = internal([this.films], films => this.inventory.ofAll(films), { optional: true });

  readonly customer = optional(
    [this.query],
    ({ customer }): Observable<Customer | null> =>
      customer === undefined ? of(null) : this.profiles.customer(customer),
    { fallback: null },
  );
  readonly picks = optional(
    [this.customer],
    customer => this.recommendations.picks(customer?.favouriteGenre ?? undefined, 12),
    { fallback: [] },
  );
  readonly lists = required([this.shelves, maybe(this.stock)], inStock);
  readonly prices = optional([this.films, this.picks, this.customer], (films, picks, customer) =>
    this.pricing.quotes([...films, ...picks], customer?.tier ?? 'basic'),
  );
  readonly ratings = optional([this.films, this.picks], (films, picks) => this.critics.ofAll([...films, ...picks]));

  view({ customer, lists, picks, prices, ratings }: SectionsOf<HomePage>) {
    const shown = lists.map(list => ({ ...list, films: list.films.map(titled) }));
    return { customer, lists: shown, picks: picks.map(titled), prices, ratings };
  }
}

export type HomePayload = PayloadOf<HomePage>;
