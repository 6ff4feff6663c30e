import { z } from 'zod';

/**
 * The data is of about 2010 and has films from 1915 on. Its dates were once kept with two digits for the year, so that
 * what seems to be released later was released a century earlier.
 */
const LAST_YEAR = 2011;

/** A title as a text: some were read as numbers, one is missing. */
const title = z
  .union([z.string(), z.number()])
  .nullish()
  .transform(raw => String(raw ?? '').trim() || null);

const text = z
  .string()
  .nullish()
  .transform(raw => raw?.trim() || null);

/** `Jun 12 1998` → the date of release as a text with the right century, and its year. */
const release = z
  .string()
  .nullish()
  .transform(raw => {
    const [, day, written] = /^(\w{3} \d{1,2}) (\d{4})$/.exec(raw ?? '') ?? [];
    if (written === undefined) return { date: null, year: null };
    const year = Number(written) > LAST_YEAR ? Number(written) - 100 : Number(written);
    return { date: `${day} ${year}`, year };
  });

const card = z.object({
  id: z.int().positive(),
  sku: z.string(),
  title,
  releaseDate: release,
  genre: text,
});

/** What lists show of a film. What a film lacks is `null`. Written out: a rest pattern costs more than all else of a card. */
export const filmCardSchema = card.transform(film => ({
  id: film.id,
  sku: film.sku,
  title: film.title,
  genre: film.genre,
  year: film.releaseDate.year,
}));
export type FilmCard = z.output<typeof filmCardSchema>;

/** A film in full. What it lacks is `null`. */
export const filmSchema = card
  .extend({
    director: text,
    distributor: text,
    mpaaRating: text,
    /** What it was made from: `Based on Book/Short Story`. */
    basis: text,
    runningTimeMinutes: z.int().positive().nullish().catch(null).default(null),
  })
  .transform(({ releaseDate, ...film }) => ({ ...film, releaseDate: releaseDate.date, year: releaseDate.year }));
export type Film = z.output<typeof filmSchema>;

/** The number of a film, as a path has it: `22`. A text that is no such number is refused. */
export const filmIdSchema = z
  .string()
  .regex(/^[1-9]\d{0,6}$/, 'must be the number of a film')
  .transform(Number);
