import { HttpUpstream, Upstream } from 'guichet/upstream';
import { type Observable, of } from 'rxjs';
import { z } from 'zod';
import { type Tier, tierSchema } from './tier.js';

const quoteSchema = z.object({
  sku: z.string(),
  filmId: z.int(),
  tier: tierSchema,
  currency: z.string().length(3),
  amountCents: z.int().nonnegative(),
  listAmountCents: z.int().nonnegative(),
});
/** What a film costs a customer of a tier: `amountCents`; `listAmountCents` is the price before the tier's discount. */
export type Quote = z.output<typeof quoteSchema>;

const quoteListSchema = z.object({ prices: z.array(quoteSchema) }).transform(answer => answer.prices);

/** What films cost. */
@Upstream('pricing', { timeoutMs: 300 })
export class PricingClient extends HttpUpstream {
  quote(sku: string, tier: Tier) {
    return this.get('/prices/:sku', { params: { sku }, query: { tier }, schema: quoteSchema });
  }

  /** For at most 100 films at once; for none without asking. */
  quotes(films: readonly { readonly sku: string }[], tier: Tier): Observable<Quote[]> {
    if (films.length === 0) return of([]);
    const skus = [...new Set(films.map(film => film.sku))].join();
    return this.get('/prices', { query: { skus, tier }, schema: quoteListSchema });
  }
}
