import { z } from 'zod';

/** What people say of a film, 0 to 10, and critics, in percent; `null` where they say nothing. */
export const ratings = z.object({
  imdb: z.number().nullable(),
  imdbVotes: z.int().nullable(),
  rottenTomatoes: z.number().nullable(),
});

/** What a shelf shows of one of a page's films. */
export const filmRating = ratings.pick({ imdb: true }).extend({ filmId: z.int() });
