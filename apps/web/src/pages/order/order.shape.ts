import { formatSchema } from '#shop';
import { z } from 'zod';

/** The order as it was placed; `at` is ISO 8601. */
export const orderShape = z.object({
  order: z.object({
    id: z.string(),
    at: z.string(),
    filmId: z.int(),
    format: formatSchema,
    amountCents: z.int(),
    currency: z.string(),
  }),
});
