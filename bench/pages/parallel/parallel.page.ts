import { optional, Page, params, required } from 'guichet/page';
import { z } from 'zod';
import {
  CatalogClient,
  InventoryClient,
  PricingClient,
  RatingsClient,
  RecommendationsClient,
} from '../probe/clients.js';

/** Five sections that need the path's id alone. */
@Page('parallel/:id', { budgetMs: 5_000 })
export class ParallelPage {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly pricing: PricingClient,
    private readonly inventory: InventoryClient,
    private readonly opinions: RatingsClient,
    private readonly recommendations: RecommendationsClient,
  ) {}

  private readonly params = params(z.object({ id: z.coerce.number().int() }));

  readonly film = required([this.params], ({ id }) => this.catalog.film(id));
  readonly price = required([this.params], ({ id }) => this.pricing.price(`film-${id}`));
  readonly stock = optional([this.params], ({ id }) => this.inventory.stock(`film-${id}`), { fallback: null });
  readonly ratings = optional([this.params], ({ id }) => this.opinions.ofFilm(id), { fallback: null });
  readonly similar = optional([this.params], ({ id }) => this.recommendations.like(id, 8), { fallback: null });
}
