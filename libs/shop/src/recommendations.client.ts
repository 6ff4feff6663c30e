import { graphqlDocument, GraphqlService, GraphqlUpstream, Upstream } from 'guichet/upstream';
import { z } from 'zod';
import { type Film, filmCardSchema } from './film.js';

interface SimilarVariables {
  readonly filmId: number;
  readonly genre: string | null;
  readonly director: string | null;
  readonly limit: number;
}
interface PicksVariables {
  readonly genre: string | null;
  readonly limit: number;
}
const CARD = 'fragment Card on Recommendation { id sku title releaseDate genre }';

const SIMILAR = graphqlDocument<unknown, SimilarVariables>(`
  query Similar($filmId: Int!, $genre: String, $director: String, $limit: Int!) {
    similar(filmId: $filmId, genre: $genre, director: $director, limit: $limit) { ...Card }
  }
  ${CARD}
`);
const PICKS = graphqlDocument<unknown, PicksVariables>(`
  query Picks($genre: String, $limit: Int!) {
    picks(genre: $genre, limit: $limit) { ...Card }
  }
  ${CARD}
`);

const similarSchema = z.object({ similar: z.array(filmCardSchema) }).transform(data => data.similar);
const picksSchema = z.object({ picks: z.array(filmCardSchema) }).transform(data => data.picks);

/** What else somebody may like; asked by GraphQL. */
@Upstream('recommendations', { timeoutMs: 300 })
@GraphqlService({
  documents: [SIMILAR, PICKS],
  schema: new URL('./recommendations.graphql', import.meta.url),
})
export class RecommendationsClient extends GraphqlUpstream {
  /** Films by the same director, of the same genre and of the same years. */
  similarTo({ id, genre, director }: Pick<Film, 'id' | 'genre' | 'director'>, limit: number) {
    return this.query(SIMILAR, { filmId: id, genre, director, limit }, { schema: similarSchema, public: true });
  }

  /** What most people liked; of a genre, where one is given. */
  picks(genre: string | undefined, limit: number) {
    return this.query(PICKS, { genre: genre ?? null, limit }, { schema: picksSchema, public: true });
  }
}
