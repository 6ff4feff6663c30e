import { GraphQLError } from 'graphql';
import { filmById } from '../data/films.js';
import { picked, similarTo } from '../data/similar-films.js';
import type { ServiceDefinition } from '../http/route.js';
import { graphqlRoute } from './graphql.route.js';

interface Wanted {
  readonly genre?: string | null;
  readonly limit: number;
}

/** What else somebody may like: `POST /graphql`. */
export const recommendations: ServiceDefinition = {
  name: 'recommendations',
  routes: [
    graphqlRoute(new URL('./recommendations.graphql', import.meta.url), {
      similar: ({ filmId, genre, director, limit }: Wanted & { filmId: number; director?: string | null }) => {
        const film = filmById(filmId);
        if (!film) throw wrong('filmId is the number of a film.');
        return similarTo(film, genre ?? null, director ?? null, checked(limit));
      },
      picks: ({ genre, limit }: Wanted) => picked(genre ?? null, checked(limit)),
    }),
  ],
};

function checked(limit: number): number {
  if (limit < 1 || limit > 50) throw wrong('limit is from 1 to 50.');
  return limit;
}

function wrong(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}
