/**
 * What the client draws of each page of the web BFF: the fields named here and no others.
 *
 * The web pages send exactly these. The films' data is as dirty as real data is, so whatever a film may lack is
 * `null` here; a section that is `omitted` is absent, and `_sections` says why.
 */

/** An amount of money. `amount` is in minor units (cents), `currency` an ISO 4217 code. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** A film as it stands on a shelf. */
export interface FilmTile {
  readonly id: string;
  readonly title: string;
  readonly year: number | null;
  readonly genre: string | null;
  readonly director: string | null;
}

/** A film's ratings. `imdb` is 0 to 10, `rottenTomatoes` a percentage; either is `null` for a film nobody rated. */
export interface Ratings {
  readonly imdb: number | null;
  readonly imdbVotes: number | null;
  readonly rottenTomatoes: number | null;
}

/** `GET /pages/home`. The maps are keyed by film id. */
export interface HomePayload {
  readonly featured: readonly FilmTile[];
  readonly newest?: readonly FilmTile[];
  readonly recommended?: readonly FilmTile[];
  readonly prices?: Readonly<Record<string, Money>>;
  readonly ratings?: Readonly<Record<string, Ratings>>;
  readonly availability?: Readonly<Record<string, Availability>>;
  readonly viewer?: { readonly name: string } | null;
}

/** `GET /pages/search?query=`. */
export interface SearchPayload {
  readonly results: { readonly total: number; readonly films: readonly FilmTile[] };
  readonly prices?: Readonly<Record<string, Money>>;
  readonly ratings?: Readonly<Record<string, Ratings>>;
}

/** What the shelf holds: how many copies can be taken home now. */
export interface Availability {
  readonly copies: number;
}

/** `GET /pages/films/:id`. */
export interface FilmPayload {
  readonly film: FilmTile & {
    readonly certificate: string | null;
    readonly runningMinutes: number | null;
    readonly distributor: string | null;
    readonly basedOn: string | null;
    readonly releaseDate: string | null;
  };
  readonly price: Money;
  readonly ratings?: Ratings | null;
  readonly availability?: Availability | null;
  readonly recommendations?: readonly FilmTile[];
  readonly viewer?: { readonly name: string; readonly watching: boolean } | null;
}
