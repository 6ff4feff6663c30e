import { formatSchema } from '#shop';
import { z } from 'zod';

/** What a small screen shows of a film. */
export const filmShape = z.object({
  title: z.string(),
  year: z.int().nullable(),
  /** In cents of `currency`. */
  price: z.int(),
  currency: z.string(),
  /** 0 to 10. */
  imdb: z.number().nullable(),
  /** In which it is to be had now. */
  formats: z.array(formatSchema).optional(),
  similar: z.array(z.object({ id: z.int(), title: z.string() })),
});
