import { z } from 'zod';

/** What a film costs, in cents; `listAmountCents` is the price before a discount. */
export const priceTag = z.object({ currency: z.string(), amountCents: z.int(), listAmountCents: z.int() });

/** The price of one of a page's films. */
export const filmPrice = priceTag.extend({ filmId: z.int() });
