import { z } from 'zod';

/** A film on a shelf. */
export const filmTile = z.object({
  id: z.int(),
  title: z.string(),
  year: z.int().nullable(),
  genre: z.string().nullable(),
});

/** @returns the film under a title that can be drawn: one film in the store has none */
export function titled<F extends { readonly title: string | null }>(film: F): F & { readonly title: string } {
  return hasTitle(film) ? film : { ...film, title: 'Untitled film' };
}

function hasTitle<F extends { readonly title: string | null }>(film: F): film is F & { readonly title: string } {
  return film.title !== null;
}
