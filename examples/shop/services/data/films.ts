import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * A film as the store's services hold it: the record of `vega-datasets`, its keys renamed, its values untouched. They are
 * as dirty as real data is; where a type says so, the file has it.
 */
export interface FilmRecord {
  /** The film's number: its place in the file, from 1. */
  readonly id: number;
  /** What pricing and inventory call it: `F0001`. */
  readonly sku: string;
  /** A few titles were read as numbers (`1776`), one is missing. */
  readonly title: string | number | null;
  /** `Jun 12 1998`; some years are a century late. */
  readonly releaseDate: string | null;
  readonly genre: string | null;
  readonly director: string | null;
  readonly mpaaRating: string | null;
  readonly runningTimeMinutes: number | null;
  readonly distributor: string | null;
  readonly basis: string | null;
  readonly creativeType: string | null;
  /** US dollars. */
  readonly budget: number | null;
  /** US dollars. */
  readonly usGross: number | null;
  /** US dollars. */
  readonly worldwideGross: number | null;
  /** 1 to 10. */
  readonly imdbRating: number | null;
  readonly imdbVotes: number | null;
  /** Percent. */
  readonly rottenTomatoes: number | null;
}

/** All films in the file's order; read once, when a service starts. */
export const films: readonly FilmRecord[] = readFilms();

/** @returns the film of a number or of a number's text, or undefined when there is none */
export function filmById(id: string | number): FilmRecord | undefined {
  return /^[1-9]\d{0,5}$/.test(String(id)) ? films[Number(id) - 1] : undefined;
}

/** @returns the film of a stock keeping unit, or undefined when there is none */
export function filmBySku(sku: string): FilmRecord | undefined {
  return /^F\d{4}$/.test(sku) ? films[Number(sku.slice(1)) - 1] : undefined;
}

/** @returns the year in a record's release date as it stands there, or undefined */
export function yearOf(film: FilmRecord): number | undefined {
  const year = Number(film.releaseDate?.slice(-4));
  return Number.isInteger(year) ? year : undefined;
}

function readFilms(): FilmRecord[] {
  const entry = createRequire(import.meta.url).resolve('vega-datasets');
  const file = join(entry, '..', '..', 'data', 'movies.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as Record<string, never>[]).map((record, index) => ({
    id: index + 1,
    sku: `F${String(index + 1).padStart(4, '0')}`,
    title: record['Title'] ?? null,
    releaseDate: record['Release Date'] ?? null,
    genre: record['Major Genre'] ?? null,
    director: record['Director'] ?? null,
    mpaaRating: record['MPAA Rating'] ?? null,
    runningTimeMinutes: record['Running Time min'] ?? null,
    distributor: record['Distributor'] ?? null,
    basis: record['Source'] ?? null,
    creativeType: record['Creative Type'] ?? null,
    budget: record['Production Budget'] ?? null,
    usGross: record['US Gross'] ?? null,
    worldwideGross: record['Worldwide Gross'] ?? null,
    imdbRating: record['IMDB Rating'] ?? null,
    imdbVotes: record['IMDB Votes'] ?? null,
    rottenTomatoes: record['Rotten Tomatoes Rating'] ?? null,
  }));
}
