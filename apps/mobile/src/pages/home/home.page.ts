import { CatalogClient, InventoryClient, PricingClient, RatingsClient, RecommendationsClient, tierOf } from '#shop';
import { Public } from 'guichet/auth';
import { internal, optional, Page, type PayloadOf, principal, required, type SectionsOf } from 'guichet/page';
import { lineOf, titleOf } from '../film-line.js';
import { homeShape } from './home.shape.js';

/** How many films of a shelf fit on a small screen. */
const FILMS_A_SHELF = 5;

/** The shop window on a small screen: a film for tonight, and the top of each shelf. */
@Public()
@Page('home', { budgetMs: 1_000, shape: homeShape, summary: 'The shop window, compact' })
export class HomePage {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly pricing: PricingClient,
    private readonly recommendations: RecommendationsClient,
    private readonly critics: RatingsClient,
    private readonly inventory: InventoryClient,
  ) {}

  private readonly viewer = principal({ optional: true });

  readonly lists = required([], () => this.catalog.lists());
  readonly films = internal([this.lists], lists => lists.flatMap(({ films }) => films.slice(0, FILMS_A_SHELF)));
  readonly prices = optional([this.films, this.viewer], (films, viewer) => this.pricing.quotes(films, tierOf(viewer)), {
    fallback: [],
  });

  readonly picks = internal([], () => this.recommendations.picks(undefined, 1), { optional: true });
  readonly tonight = optional([this.picks], ([pick]) => pick ?? null);
  readonly rating = optional([this.picks], picks => this.critics.ofAll(picks));
  readonly stock = optional([this.picks], picks => this.inventory.ofAll(picks));

  view({ lists, prices, tonight, rating, stock }: SectionsOf<HomePage>) {
    return {
      tonight: tonight && {
        id: tonight.id,
        title: titleOf(tonight.title),
        imdb: rating?.[0]?.imdb ?? null,
        streams: stock?.[0]?.formats.some(({ format }) => format === 'stream') ?? false,
      },
      lists: lists.map(({ title, films }) => ({ title, films: films.slice(0, FILMS_A_SHELF).map(lineOf(prices)) })),
    };
  }
}

export type HomePayload = PayloadOf<HomePage>;
