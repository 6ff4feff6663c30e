import { filmBySku } from '../data/films.js';
import { shelfOf } from '../data/shelves.js';
import { listOf } from '../http/query.js';
import { found } from '../http/refusal.js';
import type { ServiceDefinition } from '../http/route.js';

/** In which formats a film can be had, and how many copies are left. */
export const inventory: ServiceDefinition = {
  name: 'inventory',
  answersOverNats: true,
  routes: [
    {
      method: 'GET',
      pattern: '/stock/:sku',
      handle: ({ params }) => shelfOf(found(filmBySku(params['sku']!), 'article')),
    },
    {
      method: 'GET',
      pattern: '/stock',
      handle: ({ query }) => ({
        stock: listOf(query, 'skus')
          .flatMap(sku => filmBySku(sku) ?? [])
          .map(shelfOf),
      }),
    },
  ],
};
