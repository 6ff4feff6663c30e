import { RoutesModule } from 'guichet/routes';

/** A film's number, as `#shop` checks it for pages: anything else is a 404 before the catalog is asked. */
const id = /[1-9]\d{0,5}/;

/** What this app does not compose but hands on as it is. Nothing else of the upstreams is reachable. */
export const routes = RoutesModule.forRoot(
  [
    {
      path: '/api/films/:id',
      upstream: 'catalog',
      params: { id },
      access: 'public',
      identity: 'none',
      query: 'drop',
      limits: { maxRequestBytes: 0, maxResponseBytes: 512 * 1024, headersTimeoutMs: 2_000, totalTimeoutMs: 5_000 },
      summary: 'One film as the catalog has it',
    },
    {
      path: '/api/search',
      upstream: 'catalog',
      access: 'public',
      identity: 'none',
      query: ['query', 'page', 'pageSize'],
      limits: { maxRequestBytes: 0, maxResponseBytes: 512 * 1024, headersTimeoutMs: 2_000, totalTimeoutMs: 5_000 },
      // The page has prices and ratings, too.
      deprecated: { since: '2026-10-01', sunset: '2030-01-01', successor: '/pages/search' },
      summary: 'Films whose title contains a text',
    },
  ],
  { via: 'web' },
);
