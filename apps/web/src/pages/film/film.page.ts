import {
  CatalogClient,
  filmIdSchema,
  InventoryClient,
  PricingClient,
  RatingsClient,
  RecommendationsClient,
  tierOf,
} from '#shop';
import { Public } from 'guichet/auth';
import { optional, Page, params, type PayloadOf, principal, required, type SectionsOf } from 'guichet/page';
import { z } from 'zod';
import { titled } from '../film-tile.js';
import { filmShape } from './film.shape.js';

/** One film: what it is, what it costs, how it can be had, what people say of it, what else to see. */
@Public()
@Page('films/:id', { budgetMs: 800, shape: filmShape, summary: 'One film' })
export class FilmPage {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly pricing: PricingClient,
    private readonly critics: RatingsClient,
    private readonly inventory: InventoryClient,
    private readonly recommendations: RecommendationsClient,
  ) {}

  private readonly params = params(z.object({ id: filmIdSchema }));
  private readonly viewer = principal({ optional: true });

  readonly film = required([this.params], ({ id }) => this.catalog.film(id));
  readonly price = required([this.film, this.viewer], (film, viewer) => this.pricing.quote(film.sku, tierOf(viewer)));
  readonly ratings = optional([this.params], ({ id }) => this.critics.of(id));
  readonly stock = optional([this.film], film => this.inventory.of(film.sku));
  readonly similar = optional([this.film], film => this.recommendations.similarTo(film, 12), { fallback: [] });

  view({ film, price, ratings, stock, similar }: SectionsOf<FilmPage>) {
    return { film: titled(film), price, ratings, stock: stock?.formats, similar: similar.map(titled) };
  }
}

export type FilmPayload = PayloadOf<FilmPage>;
