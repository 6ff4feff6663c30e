import { HttpUpstream, Upstream } from 'guichet/upstream';
import { type Observable, of } from 'rxjs';
import { z } from 'zod';
import { type FilmCard, filmCardSchema, filmSchema } from './film.js';

const filmListSchema = z.object({ name: z.string(), title: z.string(), films: z.array(filmCardSchema) });
/** A shelf of the shop window. */
export type FilmList = z.output<typeof filmListSchema>;

const filmListsSchema = z.object({ lists: z.array(filmListSchema) }).transform(answer => answer.lists);

const searchResultSchema = z.object({ total: z.int().nonnegative(), films: z.array(filmCardSchema) });
/** One page of a search's results; `total` counts all of them. */
export type SearchResult = z.output<typeof searchResultSchema>;

const filmCardsSchema = z.object({ films: z.array(filmCardSchema) }).transform(answer => answer.films);

/** What films there are. */
@Upstream('catalog', { timeoutMs: 300 })
export class CatalogClient extends HttpUpstream {
  film(id: number) {
    return this.get('/films/:id', { params: { id }, schema: filmSchema, public: true });
  }

  /** Of at most 100 films at once, those that there are; for none without asking. */
  films(ids: readonly number[]): Observable<FilmCard[]> {
    if (ids.length === 0) return of([]);
    return this.get('/films', { query: { ids: [...new Set(ids)].join() }, schema: filmCardsSchema, public: true });
  }

  /** @param page  from 1 */
  search(query: string, page: number, pageSize: number) {
    return this.get('/search', { query: { query, page, pageSize }, schema: searchResultSchema, public: true });
  }

  /** The shelves of the shop window. */
  lists() {
    return this.get('/lists', { schema: filmListsSchema, public: true });
  }
}
