import { tierSchema } from '#shop';
import { z } from 'zod';

/** What the mobile client draws of a customer's account. */
export const accountShape = z.object({
  name: z.string(),
  tier: tierSchema,
  /** How many, and when the last was placed; `null` where there is none. */
  orders: z.object({ count: z.int(), last: z.string().nullable() }).optional(),
  watchlist: z.array(z.int()).optional(),
});
