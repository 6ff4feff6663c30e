import { HttpUpstream, Upstream } from 'guichet/upstream';
import { type Observable, of } from 'rxjs';
import { z } from 'zod';

/** How a film can be had. */
export const formatSchema = z.enum(['dvd', 'blu-ray', 'stream']);
export type Format = z.output<typeof formatSchema>;

const stockSchema = z.object({
  sku: z.string(),
  filmId: z.int(),
  formats: z.array(
    z.object({
      format: formatSchema,
      /** On the shelf; a stream has no copies. */
      copies: z.int().nonnegative().nullable(),
      available: z.boolean(),
    }),
  ),
});
/** In which formats the store has a film. */
export type Stock = z.output<typeof stockSchema>;

const stockListSchema = z.object({ stock: z.array(stockSchema) }).transform(answer => answer.stock);

/** What is on the shelves. */
@Upstream('inventory', { timeoutMs: 300 })
export class InventoryClient extends HttpUpstream {
  of(sku: string) {
    return this.get('/stock/:sku', { params: { sku }, schema: stockSchema, public: true });
  }

  /** Of at most 100 films at once; of none without asking. */
  ofAll(films: readonly { readonly sku: string }[]): Observable<Stock[]> {
    if (films.length === 0) return of([]);
    const skus = [...new Set(films.map(film => film.sku))].join();
    return this.get('/stock', { query: { skus }, schema: stockListSchema, public: true });
  }
}
