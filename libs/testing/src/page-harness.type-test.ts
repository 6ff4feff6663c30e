// What infers, and what must not compile: checked by `npm run typecheck`, never run.
import { Page, required } from 'guichet/page';
import { pageHarness } from './page-harness.js';

@Page('films', { budgetMs: 100 })
export class FilmPage {
  readonly film = required([], () => ({ title: 'Big' }));
}

export async function types(): Promise<void> {
  const { upstreams, get } = await pageHarness(FilmPage, {
    upstreams: {
      catalog: {
        'GET /films/:id/cast/:role': ({ params }) => ({ id: params.id.toUpperCase(), role: params.role }),
        // @ts-expect-error the route has no such parameter
        'GET /films/:id': ({ params }) => params.name,
      },
      stock: { Count: ({ sku }, { metadata }) => ({ sku, id: metadata['x-request-id']?.trim() }) },
    },
  });
  void upstreams.catalog.requests;
  void upstreams.stock.calls;
  // @ts-expect-error it speaks gRPC
  void upstreams.stock.requests;
  // @ts-expect-error no such upstream
  void upstreams.pricing;
  const { payload } = await get();
  void payload.film.title.length;
  // @ts-expect-error no such section
  void payload.cast;
}
