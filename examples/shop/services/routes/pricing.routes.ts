import { filmBySku } from '../data/films.js';
import { priceOf, type Tier, TIERS } from '../data/price-list.js';
import { listOf } from '../http/query.js';
import { found, Refusal } from '../http/refusal.js';
import type { ServiceDefinition } from '../http/route.js';

/** What a film costs a customer of a tier; without a tier, basic. */
export const pricing: ServiceDefinition = {
  name: 'pricing',
  routes: [
    {
      method: 'GET',
      pattern: '/prices/:sku',
      handle: ({ params, query }) => priceOf(found(filmBySku(params['sku']!), 'article'), tierOf(query)),
    },
    {
      method: 'GET',
      pattern: '/prices',
      handle: ({ query }) => {
        const tier = tierOf(query);
        return {
          prices: listOf(query, 'skus')
            .flatMap(sku => filmBySku(sku) ?? [])
            .map(film => priceOf(film, tier)),
        };
      },
    },
  ],
};

function tierOf(query: URLSearchParams): Tier {
  const wanted = query.get('tier') ?? 'basic';
  const tier = TIERS.find(known => known === wanted);
  if (!tier) throw new Refusal(400, 'invalid-query', `tier is one of ${TIERS.join(', ')}.`);
  return tier;
}
