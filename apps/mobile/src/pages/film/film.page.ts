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
import { titleOf } from '../film-line.js';
import { filmShape } from './film.shape.js';

/** One film on a small screen: title, price, stars, whether it is to be had, three others. */
@Public()
@Page('films/:id', { budgetMs: 800, shape: filmShape, summary: 'One film, compact' })
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
  readonly rating = optional([this.params], ({ id }) => this.critics.of(id));
  readonly stock = optional([this.film], film => this.inventory.of(film.sku));
  readonly similar = optional([this.film], film => this.recommendations.similarTo(film, 3), { fallback: [] });

  view({ film, price, rating, stock, similar }: SectionsOf<FilmPage>) {
    return {
      title: titleOf(film.title),
      year: film.year,
      price: price.amountCents,
      currency: price.currency,
      imdb: rating?.imdb ?? null,
      formats: stock?.formats.filter(({ available }) => available).map(({ format }) => format),
      similar: similar.map(({ id, title }) => ({ id, title: titleOf(title) })),
    };
  }
}

export type FilmPayload = PayloadOf<FilmPage>;
