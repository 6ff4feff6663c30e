import { filmById, films, type FilmRecord } from '../data/films.js';
import { listOf, wholeNumber } from '../http/query.js';
import { found } from '../http/refusal.js';
import type { ServiceDefinition } from '../http/route.js';

/** Fewer votes than this say little: `GET /top` leaves such films out. */
const VOTES_THAT_COUNT = 50_000;

/** What people and critics say. A film that nobody rated has `null` everywhere. */
export const ratings: ServiceDefinition = {
  name: 'ratings',
  routes: [
    {
      method: 'GET',
      pattern: '/ratings/:id',
      handle: ({ params }) => ratingOf(found(filmById(params['id']!), 'film')),
    },
    {
      method: 'GET',
      pattern: '/ratings',
      handle: ({ query }) => ({
        ratings: listOf(query, 'ids')
          .flatMap(id => filmById(id) ?? [])
          .map(ratingOf),
      }),
    },
    {
      method: 'GET',
      pattern: '/top',
      handle: ({ query }) => ({ ratings: best(wholeNumber(query, 'limit', 10, 1, 50)) }),
    },
  ],
};

function ratingOf(film: FilmRecord) {
  return { filmId: film.id, imdb: film.imdbRating, imdbVotes: film.imdbVotes, rottenTomatoes: film.rottenTomatoes };
}

function best(limit: number) {
  return films
    .filter(film => (film.imdbVotes ?? 0) >= VOTES_THAT_COUNT)
    .sort((a, b) => b.imdbRating! - a.imdbRating! || a.id - b.id)
    .slice(0, limit)
    .map(ratingOf);
}
