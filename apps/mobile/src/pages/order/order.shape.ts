import { z } from 'zod';

/** What the receipt shows. */
export const orderShape = z.object({
  order: z.object({ id: z.string(), amountCents: z.int(), currency: z.string() }),
});
