import { HttpUpstream, Upstream } from 'guichet/upstream';
import { z } from 'zod';
import { type Film, filmCardSchema } from './film.js';

const similarSchema = z.object({ similar: z.array(filmCardSchema) }).transform(answer => answer.similar);
const picksSchema = z.object({ picks: z.array(filmCardSchema) }).transform(answer => answer.picks);

/** What else somebody may like. */
@Upstream('recommendations', { timeoutMs: 300 })
export class RecommendationsClient extends HttpUpstream {
  /** Films by the same director, of the same genre and of the same years. */
  similarTo({ id, genre, director }: Pick<Film, 'id' | 'genre' | 'director'>, limit: number) {
    return this.get('/similar', { query: { filmId: id, genre, director, limit }, schema: similarSchema, public: true });
  }

  /** What most people liked; of a genre, where one is given. */
  picks(genre: string | undefined, limit: number) {
    return this.get('/picks', { query: { genre, limit }, schema: picksSchema, public: true });
  }
}
