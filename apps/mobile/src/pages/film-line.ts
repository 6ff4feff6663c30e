import type { FilmCard, Quote } from '#shop';
import { z } from 'zod';

/** A film in a list on a small screen; the price is in cents, `null` where it could not be had. */
export const filmLine = z.object({ id: z.int(), title: z.string(), price: z.int().nullable() });

/** @returns a function that makes a film a line, with its price among these */
export function lineOf(prices: readonly Quote[]): (film: FilmCard) => z.output<typeof filmLine> {
  const byFilm = new Map(prices.map(({ filmId, amountCents }) => [filmId, amountCents]));
  return ({ id, title }) => ({ id, title: titleOf(title), price: byFilm.get(id) ?? null });
}

/** @returns a title that can be drawn: one film in the store has none */
export function titleOf(title: string | null): string {
  return title ?? 'Untitled film';
}
