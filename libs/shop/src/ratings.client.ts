import { HttpUpstream, Upstream } from 'guichet/upstream';
import { type Observable, of } from 'rxjs';
import { z } from 'zod';

const ratingSchema = z.object({
  filmId: z.int(),
  imdb: z.number().min(0).max(10).nullish().default(null),
  imdbVotes: z.int().nullish().default(null),
  rottenTomatoes: z.number().min(0).max(100).nullish().default(null),
});
/** What people (`imdb`, 0 to 10) and critics (`rottenTomatoes`, percent) say of a film; `null` where they say nothing. */
export type Rating = z.output<typeof ratingSchema>;

const ratingListSchema = z.object({ ratings: z.array(ratingSchema) }).transform(answer => answer.ratings);

/** What people and critics say of films. */
@Upstream('ratings', { timeoutMs: 300 })
export class RatingsClient extends HttpUpstream {
  of(filmId: number) {
    return this.get('/ratings/:filmId', { params: { filmId }, schema: ratingSchema, public: true });
  }

  /** Of at most 100 films at once; of none without asking. */
  ofAll(films: readonly { readonly id: number }[]): Observable<Rating[]> {
    if (films.length === 0) return of([]);
    const ids = [...new Set(films.map(film => film.id))].join();
    return this.get('/ratings', { query: { ids }, schema: ratingListSchema, public: true });
  }
}
