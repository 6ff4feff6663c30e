import { CatalogClient, PricingClient, tierOf } from '#shop';
import { Public } from 'guichet/auth';
import { optional, Page, type PayloadOf, principal, query, required, type SectionsOf } from 'guichet/page';
import { lineOf } from '../film-line.js';
import { searchInput } from './search.input.js';
import { searchShape } from './search.shape.js';

/** How many films a page of results has on a small screen. */
const PAGE_SIZE = 10;

/** The films whose titles contain a text, ten at a time. */
@Public()
@Page('search', { budgetMs: 800, shape: searchShape, summary: 'Films by title, compact' })
export class SearchPage {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly pricing: PricingClient,
  ) {}

  private readonly query = query(searchInput);
  private readonly viewer = principal({ optional: true });

  readonly results = required([this.query], ({ query: text, page }) => this.catalog.search(text, page, PAGE_SIZE));
  readonly prices = optional(
    [this.results, this.viewer],
    ({ films }, viewer) => this.pricing.quotes(films, tierOf(viewer)),
    { fallback: [] },
  );

  view({ results, prices }: SectionsOf<SearchPage>) {
    return { total: results.total, films: results.films.map(lineOf(prices)) };
  }
}

export type SearchPayload = PayloadOf<SearchPage>;
