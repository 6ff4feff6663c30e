import { filmBySku } from '../data/films.js';
import { type PriceTag, priceOf, type Tier } from '../data/price-list.js';
import { found, Refusal } from '../http/refusal.js';
import type { GrpcServiceDefinition } from './service.js';

type TierName = 'TIER_UNSPECIFIED' | 'TIER_BASIC' | 'TIER_GOLD';

/** Most articles that one call may ask for. */
const MAX_SKUS = 100;

/** What a film costs a customer of a tier; without a tier, basic. */
export const pricing: GrpcServiceDefinition = {
  name: 'pricing',
  proto: new URL('./pricing.proto', import.meta.url),
  service: 'shop.pricing.v1.Pricing',
  methods: {
    GetQuote: ({ sku, tier }: { sku: string; tier: TierName }) =>
      quoteOf(priceOf(found(filmBySku(sku), 'article'), tierOf(tier))),
    ListQuotes: ({ skus, tier }: { skus: readonly string[]; tier: TierName }) => {
      if (skus.length === 0 || skus.length > MAX_SKUS)
        throw new Refusal(400, 'invalid-message', `skus names 1 to ${MAX_SKUS}.`);
      const ofTier = tierOf(tier);
      return { quotes: skus.flatMap(sku => filmBySku(sku) ?? []).map(film => quoteOf(priceOf(film, ofTier))) };
    },
  },
};

function quoteOf(tag: PriceTag): object {
  return { ...tag, tier: tag.tier === 'gold' ? 'TIER_GOLD' : 'TIER_BASIC' };
}

function tierOf(tier: TierName): Tier {
  switch (tier) {
    case 'TIER_UNSPECIFIED':
    case 'TIER_BASIC':
      return 'basic';
    case 'TIER_GOLD':
      return 'gold';
    default:
      // Of a later version of the contract: it comes as its number.
      throw new Refusal(400, 'invalid-message', 'tier is not one that is known here.');
  }
}
