import { HttpUpstream, Upstream } from 'guichet/upstream';
import { z } from 'zod';
import { tierSchema } from './tier.js';

/** A customer's id: `c17`. */
export const customerIdSchema = z.string().regex(/^c[1-9]\d{0,5}$/, 'must be the id of a customer');

const customerSchema = z.object({
  id: z.string(),
  name: z.string(),
  tier: tierSchema,
  favouriteGenre: z.string().nullish().default(null),
});
/** Somebody who buys here. */
export type Customer = z.output<typeof customerSchema>;

const watchlistSchema = z.object({ customerId: z.string(), filmIds: z.array(z.int()) });
/** The films a customer wants to see, in the order in which they were put there. */
export type Watchlist = z.output<typeof watchlistSchema>;

/** Who the customers are, and what they want to see. Tells each customer of nobody else: it is shown the caller's token. */
@Upstream('profiles', { timeoutMs: 300, identity: 'user' })
export class ProfilesClient extends HttpUpstream {
  customer(id: string) {
    return this.get('/customers/:id', { params: { id }, schema: customerSchema });
  }

  watchlist(id: string) {
    return this.get('/customers/:id/watchlist', { params: { id }, schema: watchlistSchema });
  }

  /** Putting a film there twice is putting it there once, so the call may be repeated. */
  watch(id: string, filmId: number) {
    return this.put('/customers/:id/watchlist/:filmId', {
      params: { id, filmId },
      schema: watchlistSchema,
      idempotencyKey: `${id}-watches-${filmId}`,
    });
  }
}
