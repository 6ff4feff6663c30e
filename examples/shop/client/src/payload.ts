/**
 * What the client draws of each page of the web BFF: the fields named here and no others.
 *
 * The web pages send exactly these. The films' data is as dirty as real data is, so whatever a film may lack is
 * `null` here; a section that is `omitted` is absent, and `_sections` says why.
 */

/** A film as it stands on a shelf. */
export interface FilmTile {
  readonly id: number;
  readonly title: string;
  readonly year: number | null;
  readonly genre: string | null;
}

/** What a film costs. Amounts are in cents of `currency`, an ISO 4217 code; `listAmountCents` is before the discount. */
export interface Price {
  readonly currency: string;
  readonly amountCents: number;
  readonly listAmountCents: number;
}

/** A film's ratings. `imdb` is 0 to 10, `rottenTomatoes` a percentage; each is `null` for a film nobody rated. */
export interface Ratings {
  readonly imdb: number | null;
  readonly imdbVotes: number | null;
  readonly rottenTomatoes: number | null;
}

/** A way to have the film. `copies` is what stands on the shelf; a stream has no copies. */
export interface Stock {
  readonly format: 'dvd' | 'blu-ray' | 'stream';
  readonly copies: number | null;
  readonly available: boolean;
}

/** `GET /pages/home`; `customer` is whoever is logged in. `picks` is empty when it could not be had. */
export interface HomePayload {
  readonly customer: { readonly name: string } | null;
  readonly lists: readonly FilmList[];
  readonly picks: readonly FilmTile[];
  readonly prices?: readonly FilmPrice[];
  readonly ratings?: readonly FilmRating[];
}

/** A shelf of the shop window. */
export interface FilmList {
  readonly name: string;
  readonly title: string;
  readonly films: readonly FilmTile[];
}

/** The price of one of a page's films. */
export type FilmPrice = Price & { readonly filmId: number };

/** What a shelf says of the rating of one of a page's films. */
export type FilmRating = Pick<Ratings, 'imdb'> & { readonly filmId: number };

/** How many films `GET /pages/search` sends at once. */
export const RESULTS_PER_PAGE = 24;

/** `GET /pages/search?query=&page=`. Pages count from 1; `total` is of all pages. */
export interface SearchPayload {
  readonly results: { readonly total: number; readonly films: readonly FilmTile[] };
  readonly prices?: readonly FilmPrice[];
  readonly ratings?: readonly FilmRating[];
}

/** `GET /pages/films/:id`. `similar` is empty when it could not be had. */
export interface FilmPayload {
  readonly film: FilmTile & {
    readonly director: string | null;
    readonly distributor: string | null;
    readonly mpaaRating: string | null;
    readonly runningTimeMinutes: number | null;
    readonly basis: string | null;
    readonly releaseDate: string | null;
  };
  readonly price: Price;
  readonly ratings?: Ratings;
  readonly stock?: readonly Stock[];
  readonly similar: readonly FilmTile[];
}

/** `POST /pages/orders`. */
export interface OrderPayload {
  readonly order: {
    readonly id: string;
    readonly format: Stock['format'];
    readonly amountCents: number;
    readonly currency: string;
  };
}

/** `POST /pages/watchlist`. */
export interface WatchPayload {
  readonly watchlist: { readonly filmIds: readonly number[] };
}

/** `GET /pages/account`, of whoever is logged in. Orders are newest first. */
export interface AccountPayload {
  readonly customer: { readonly name: string; readonly tier: 'basic' | 'gold' };
  readonly orders?: readonly PlacedOrder[];
  readonly watchlist?: readonly FilmTile[];
}

/** An order in the account; `at` is ISO 8601, `title` is `null` where the catalog could not say it. */
export interface PlacedOrder {
  readonly id: string;
  readonly at: string;
  readonly filmId: number;
  readonly title: string | null;
  readonly format: Stock['format'];
  readonly amountCents: number;
  readonly currency: string;
}
