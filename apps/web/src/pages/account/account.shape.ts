import { formatSchema, tierSchema } from '#shop';
import { z } from 'zod';
import { filmTile } from '../film-tile.js';

/** What the web client draws of a customer's account, and no more. */
export const accountShape = z.object({
  customer: z.object({ name: z.string(), tier: tierSchema }),
  /** The newest first. */
  orders: z
    .array(
      z.object({
        id: z.string(),
        at: z.string(),
        filmId: z.int(),
        title: z.string().nullable(),
        format: formatSchema,
        amountCents: z.int(),
        currency: z.string(),
      }),
    )
    .optional(),
  watchlist: z.array(filmTile).optional(),
});
