import { filmById, films, type FilmRecord, yearOf } from '../data/films.js';
import { wholeNumber } from '../http/query.js';
import { Refusal } from '../http/refusal.js';
import type { ServiceDefinition } from '../http/route.js';
import { cardOf } from './film-card.js';

/** What else somebody may like. */
export const recommendations: ServiceDefinition = {
  name: 'recommendations',
  routes: [
    {
      method: 'GET',
      pattern: '/similar',
      handle: ({ query }) => {
        const film = filmById(query.get('filmId') ?? '');
        if (!film) throw new Refusal(400, 'invalid-query', 'filmId is the number of a film.');
        const limit = wholeNumber(query, 'limit', 12, 1, 50);
        return { similar: similar(film, query.get('genre'), query.get('director'), limit) };
      },
    },
    {
      method: 'GET',
      pattern: '/picks',
      handle: ({ query }) => ({ picks: picks(query.get('genre'), wholeNumber(query, 'limit', 12, 1, 50)) }),
    },
  ],
};

/** Films of the same director first, then of the same genre and decade; within each, those that most people have seen. */
function similar(film: FilmRecord, genre: string | null, director: string | null, limit: number) {
  const decade = decadeOf(film);
  const byDirector = bestSeen(other => director !== null && other.director === director);
  const byGenre = bestSeen(other => genre !== null && other.genre === genre && decadeOf(other) === decade);
  return [
    ...byDirector.map(other => ({ ...cardOf(other), because: 'director' })),
    ...byGenre.filter(other => !byDirector.includes(other)).map(other => ({ ...cardOf(other), because: 'genre' })),
  ]
    .filter(other => other.id !== film.id)
    .slice(0, limit);
}

/** What most people liked, of a genre where one is given. */
function picks(genre: string | null, limit: number) {
  return bestSeen(film => (film.imdbRating ?? 0) >= 7.5 && (genre === null || film.genre === genre))
    .slice(0, limit)
    .map(film => ({ ...cardOf(film), because: genre === null ? 'liked' : 'genre' }));
}

let ranking: readonly FilmRecord[] | undefined;

function bestSeen(belongs: (film: FilmRecord) => boolean): FilmRecord[] {
  ranking ??= films.toSorted((a, b) => (b.imdbVotes ?? 0) - (a.imdbVotes ?? 0) || a.id - b.id);
  return ranking.filter(belongs);
}

function decadeOf(film: FilmRecord): number {
  return Math.floor((yearOf(film) ?? 0) / 10);
}
