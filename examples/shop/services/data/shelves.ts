import { type FilmRecord, yearOf } from './films.js';

/** How a film can be had. */
export const FORMATS = ['dvd', 'blu-ray', 'stream'] as const;
export type Format = (typeof FORMATS)[number];

/** What the store has of a film. */
export interface Shelf {
  readonly sku: string;
  readonly filmId: number;
  readonly formats: readonly {
    readonly format: Format;
    /** On the shelf; a stream has no copies. */
    readonly copies: number | null;
    readonly available: boolean;
  }[];
}

/** A film's copies, by its number: a DVD of every film, Blu-ray of the newer ones, two of three as a stream. */
export function shelfOf(film: FilmRecord): Shelf {
  const formats: Shelf['formats'][number][] = [copies('dvd', (film.id * 7) % 10)];
  if ((yearOf(film) ?? 0) >= 1990) formats.push(copies('blu-ray', (film.id * 3) % 8));
  if (film.id % 3 !== 0) formats.push({ format: 'stream', copies: null, available: true });
  return { sku: film.sku, filmId: film.id, formats };
}

function copies(format: Format, count: number): Shelf['formats'][number] {
  return { format, copies: count, available: count > 0 };
}
