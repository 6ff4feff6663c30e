import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './program.js';

/** A film as `vega-datasets` has it, and its number in the store. */
export interface RawFilm {
  readonly id: number;
  readonly title: string | number | null;
  readonly releaseDate: string | null;
  readonly imdb: number | null;
  readonly rottenTomatoes: number | null;
}

/** All films of the store, as dirty as they are, in the file's order. */
export const films: readonly RawFilm[] = (
  JSON.parse(readFileSync(join(repository, 'node_modules/vega-datasets/data/movies.json'), 'utf8')) as Record<
    string,
    never
  >[]
).map((film, index) => ({
  id: index + 1,
  title: film['Title'] ?? null,
  releaseDate: film['Release Date'] ?? null,
  imdb: film['IMDB Rating'] ?? null,
  rottenTomatoes: film['Rotten Tomatoes Rating'] ?? null,
}));

/** Fifty of them, from all over the file. */
export const fiftyFilms: readonly RawFilm[] = films.filter(({ id }) => id % 64 === 1).slice(0, 50);
