import type { FilmRecord } from '../data/films.js';

/** What a list shows of a film. */
export type FilmCard = Pick<FilmRecord, 'id' | 'sku' | 'title' | 'releaseDate' | 'genre'>;

/** @returns the part of a film that a list shows */
export function cardOf({ id, sku, title, releaseDate, genre }: FilmRecord): FilmCard {
  return { id, sku, title, releaseDate, genre };
}
