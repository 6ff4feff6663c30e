import { optional, Page, params, required } from 'guichet/page';
import { z } from 'zod';
import {
  CatalogClient,
  InventoryClient,
  PricingClient,
  RatingsClient,
  RecommendationsClient,
} from '../probe/clients.js';

/** A chain of three: the film, then what needs the film, then what needs the ratings. */
@Page('dependent/:id', { budgetMs: 5_000 })
export class DependentPage {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly pricing: PricingClient,
    private readonly inventory: InventoryClient,
    private readonly opinions: RatingsClient,
    private readonly recommendations: RecommendationsClient,
  ) {}

  private readonly params = params(z.object({ id: z.coerce.number().int() }));

  readonly film = required([this.params], ({ id }) => this.catalog.film(id));
  readonly price = required([this.film], ({ sku }) => this.pricing.price(sku));
  readonly stock = optional([this.film], ({ sku }) => this.inventory.stock(sku), { fallback: null });
  readonly ratings = required([this.film], ({ id }) => this.opinions.ofFilm(id));
  readonly similar = optional(
    [this.film, this.ratings],
    (film, ratings) => this.recommendations.like(film.id, ratings.votes > 0 ? 8 : 4),
    { fallback: null },
  );
}
