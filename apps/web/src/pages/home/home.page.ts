import {
  CatalogClient,
  type Customer,
  InventoryClient,
  PricingClient,
  ProfilesClient,
  RatingsClient,
  RecommendationsClient,
  tierOf,
} from '#shop';
import { Public } from 'guichet/auth';
import { internal, maybe, optional, Page, type PayloadOf, principal, required, type SectionsOf } from 'guichet/page';
import { type Observable, of } from 'rxjs';
import { titled } from '../film-tile.js';
import { homeShape } from './home.shape.js';
import { inStock } from './in-stock.js';

/** The shop window, with what suits the customer at the counter. */
@Public()
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

  private readonly viewer = principal({ optional: true });

  readonly shelves = internal([], () => this.catalog.lists());
  readonly films = internal([this.shelves], shelves => shelves.flatMap(shelf => shelf.films));
  readonly stock = internal([this.films], films => this.inventory.ofAll(films), { optional: true });

  readonly customer = optional(
    [this.viewer],
    (viewer): Observable<Customer | null> => (viewer === undefined ? of(null) : this.profiles.customer(viewer.subject)),
    { fallback: null },
  );
  readonly picks = optional(
    [this.customer],
    customer => this.recommendations.picks(customer?.favouriteGenre ?? undefined, 12),
    { fallback: [] },
  );
  readonly lists = required([this.shelves, maybe(this.stock)], inStock);
  readonly prices = optional([this.films, this.picks, this.viewer], (films, picks, viewer) =>
    this.pricing.quotes([...films, ...picks], tierOf(viewer)),
  );
  readonly ratings = optional([this.films, this.picks], (films, picks) => this.critics.ofAll([...films, ...picks]));

  view({ customer, lists, picks, prices, ratings }: SectionsOf<HomePage>) {
    const shown = lists.map(list => ({ ...list, films: list.films.map(titled) }));
    return { customer, lists: shown, picks: picks.map(titled), prices, ratings };
  }
}

export type HomePayload = PayloadOf<HomePage>;
