import { formatSchema } from '#shop';
import { z } from 'zod';

/** What the web client says of an order. */
export const orderShape = z.object({
  order: z.object({
    id: z.string(),
    format: formatSchema,
    amountCents: z.int(),
    currency: z.string(),
  }),
});
