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

/** Films of the director, then of genre and decade, then of the decade, then any; of each, first what most people have seen. */
function similar(film: FilmRecord, genre: string | null, director: string | null, limit: number) {
  const ofDirector = bestSeen(other => director !== null && other.director === director);
  const ofDecade = bestSeen(other => decadeOf(other) === decadeOf(film));
  const ofGenre = ofDecade.filter(other => genre !== null && other.genre === genre);
  const reasons = new Map<FilmRecord, string>();
  for (const other of ranking) reasons.set(other, 'liked');
  for (const other of ofDecade) reasons.set(other, 'decade');
  for (const other of ofGenre) reasons.set(other, 'genre');
  for (const other of ofDirector) reasons.set(other, 'director');
  return [...new Set([...ofDirector, ...ofGenre, ...ofDecade, ...ranking])]
    .filter(other => other !== film)
    .slice(0, limit)
    .map(other => ({ ...cardOf(other), because: reasons.get(other) }));
}

/** What most people liked, of a genre where one is given. */
function picks(genre: string | null, limit: number) {
  return bestSeen(film => (film.imdbRating ?? 0) >= 7.5 && (genre === null || film.genre === genre))
    .slice(0, limit)
    .map(film => ({ ...cardOf(film), because: genre === null ? 'liked' : 'genre' }));
}

const ranking = films.toSorted((a, b) => (b.imdbVotes ?? 0) - (a.imdbVotes ?? 0) || a.id - b.id);

function bestSeen(belongs: (film: FilmRecord) => boolean): FilmRecord[] {
  return ranking.filter(belongs);
}

function decadeOf(film: FilmRecord): number {
  return Math.floor((yearOf(film) ?? 0) / 10);
}
