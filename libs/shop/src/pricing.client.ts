import { GrpcService, GrpcUpstream, Upstream } from 'guichet/upstream';
import { type Observable, of } from 'rxjs';
import { z } from 'zod';
import type { Tier } from './tier.js';

/** The service as its proto file has it, as far as it is called. */
interface Pricing {
  GetQuote(request: { sku: string; tier: TierName }): unknown;
  ListQuotes(request: { skus: readonly string[]; tier: TierName }): unknown;
}
type TierName = 'TIER_BASIC' | 'TIER_GOLD';
const TIER_NAMES: Readonly<Record<Tier, TierName>> = { basic: 'TIER_BASIC', gold: 'TIER_GOLD' };

// In proto3 what was not sent is empty or 0: what must be there says so.
const quoteSchema = z.object({
  sku: z.string().min(1),
  filmId: z.int().positive(),
  currency: z.string().length(3),
  amountCents: z.int().nonnegative(),
  listAmountCents: z.int().nonnegative(),
});
/** What a film costs a customer of a tier: `amountCents`; `listAmountCents` is the price before the tier's discount. */
export type Quote = z.output<typeof quoteSchema>;

const quoteListSchema = z.object({ quotes: z.array(quoteSchema) }).transform(answer => answer.quotes);

/** What films cost; asked by gRPC. */
@Upstream('pricing', { timeoutMs: 300 })
@GrpcService('shop.pricing.v1.Pricing', { files: new URL('./pricing.proto', import.meta.url) })
export class PricingClient extends GrpcUpstream<Pricing> {
  quote(sku: string, tier: Tier) {
    return this.unary('GetQuote', { sku, tier: TIER_NAMES[tier] }, { schema: quoteSchema });
  }

  /** For at most 100 films at once; for none without asking. */
  quotes(films: readonly { readonly sku: string }[], tier: Tier): Observable<Quote[]> {
    if (films.length === 0) return of([]);
    const skus = [...new Set(films.map(film => film.sku))];
    return this.unary('ListQuotes', { skus, tier: TIER_NAMES[tier] }, { schema: quoteListSchema });
  }
}
