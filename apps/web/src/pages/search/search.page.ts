import { CatalogClient, PricingClient, RatingsClient, tierOf } from '#shop';
import { Public } from 'guichet/auth';
import { optional, Page, type PayloadOf, principal, query, required, type SectionsOf } from 'guichet/page';
import { titled } from '../film-tile.js';
import { searchInput } from './search.input.js';
import { searchShape } from './search.shape.js';

/** How many films a page of results has. */
const PAGE_SIZE = 24;

/** The films whose titles contain a text. */
@Public()
@Page('search', { budgetMs: 800, shape: searchShape, summary: 'Films by title' })
export class SearchPage {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly pricing: PricingClient,
    private readonly critics: RatingsClient,
  ) {}

  private readonly query = query(searchInput);
  private readonly viewer = principal({ optional: true });

  readonly results = required([this.query], ({ query: text, page }) => this.catalog.search(text, page, PAGE_SIZE));
  readonly prices = optional([this.results, this.viewer], ({ films }, viewer) =>
    this.pricing.quotes(films, tierOf(viewer)),
  );
  readonly ratings = optional([this.results], ({ films }) => this.critics.ofAll(films));

  view({ results, prices, ratings }: SectionsOf<SearchPage>) {
    return { results: { ...results, films: results.films.map(titled) }, prices, ratings };
  }
}

export type SearchPayload = PayloadOf<SearchPage>;
