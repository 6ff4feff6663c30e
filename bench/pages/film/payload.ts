/** What the services answer, as far as the film page looks at it. */
export interface RawFilm {
  id: number;
  sku: string;
  title: string | number | null;
  releaseDate: string | null;
  genre: string | null;
  director: string | null;
  distributor: string | null;
  mpaaRating: string | null;
  basis: string | null;
  runningTimeMinutes: number | null;
}
export type RawCard = Pick<RawFilm, 'id' | 'sku' | 'title' | 'releaseDate' | 'genre'>;
export interface RawPrice {
  currency: string;
  amountCents: number;
  listAmountCents: number;
}
export interface RawRatings {
  imdb: number | null;
  imdbVotes: number | null;
  rottenTomatoes: number | null;
}
export interface RawStock {
  formats: { format: string; copies: number | null; available: boolean }[];
}
/** By GraphQL. */
export interface RawSimilar {
  data: { similar: RawCard[] };
}

/** Makes the film page's payload by hand, without a schema: the same fields, cleaned as the web app cleans them. */
export function filmPayload(
  film: RawFilm,
  price: RawPrice,
  ratings: RawRatings,
  stock: RawStock,
  { data: { similar } }: RawSimilar,
): object {
  return {
    film: {
      ...tile(film),
      director: text(film.director),
      distributor: text(film.distributor),
      mpaaRating: text(film.mpaaRating),
      runningTimeMinutes: film.runningTimeMinutes ?? null,
      basis: text(film.basis),
      releaseDate: released(film.releaseDate).date,
    },
    price: { currency: price.currency, amountCents: price.amountCents, listAmountCents: price.listAmountCents },
    ratings: {
      imdb: ratings.imdb ?? null,
      imdbVotes: ratings.imdbVotes ?? null,
      rottenTomatoes: ratings.rottenTomatoes ?? null,
    },
    stock: stock.formats.map(({ format, copies, available }) => ({ format, copies, available })),
    similar: similar.map(tile),
  };
}

const SIMILAR =
  'query Similar($filmId: Int!, $genre: String, $director: String, $limit: Int!) {' +
  ' similar(filmId: $filmId, genre: $genre, director: $director, limit: $limit) { id sku title releaseDate genre } }';

/** The body that asks by GraphQL for the films that are like one. */
export function similarBody(film: RawFilm): string {
  const variables = { filmId: film.id, genre: text(film.genre), director: text(film.director), limit: 12 };
  return JSON.stringify({ query: SIMILAR, operationName: 'Similar', variables });
}

function tile({ id, title, releaseDate, genre }: RawCard): object {
  return {
    id,
    title: text(title === null ? null : String(title)) ?? 'Untitled film',
    year: released(releaseDate).year,
    genre: text(genre),
  };
}

function text(raw: string | null): string | null {
  return raw?.trim() || null;
}

function released(raw: string | null): { date: string | null; year: number | null } {
  const [, day, written] = /^(\w{3} \d{1,2}) (\d{4})$/.exec(raw ?? '') ?? [];
  if (written === undefined) return { date: null, year: null };
  const year = Number(written) > 2011 ? Number(written) - 100 : Number(written);
  return { date: `${day} ${year}`, year };
}
