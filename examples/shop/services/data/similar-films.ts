import { type FilmRecord, films, yearOf } from './films.js';

/** Why a film is recommended. */
export type Reason = 'DIRECTOR' | 'GENRE' | 'DECADE' | 'LIKED';
/** A film with the reason. */
export type RecommendedFilm = FilmRecord & { readonly because: Reason };

/** Films of the director, then of genre and decade, then of the decade, then any; of each, first what most people have seen. */
export function similarTo(
  film: FilmRecord,
  genre: string | null,
  director: string | null,
  limit: number,
): RecommendedFilm[] {
  const ofDirector = bestSeen(other => director !== null && other.director === director);
  const ofDecade = bestSeen(other => decadeOf(other) === decadeOf(film));
  const ofGenre = ofDecade.filter(other => genre !== null && other.genre === genre);
  const reasons = new Map<FilmRecord, Reason>();
  for (const other of ranking) reasons.set(other, 'LIKED');
  for (const other of ofDecade) reasons.set(other, 'DECADE');
  for (const other of ofGenre) reasons.set(other, 'GENRE');
  for (const other of ofDirector) reasons.set(other, 'DIRECTOR');
  return [...new Set([...ofDirector, ...ofGenre, ...ofDecade, ...ranking])]
    .filter(other => other !== film)
    .slice(0, limit)
    .map(other => ({ ...other, because: reasons.get(other)! }));
}

/** What most people liked, of a genre where one is given. */
export function picked(genre: string | null, limit: number): RecommendedFilm[] {
  return bestSeen(film => (film.imdbRating ?? 0) >= 7.5 && (genre === null || film.genre === genre))
    .slice(0, limit)
    .map(film => ({ ...film, because: genre === null ? 'LIKED' : 'GENRE' }));
}

const ranking = films.toSorted((a, b) => (b.imdbVotes ?? 0) - (a.imdbVotes ?? 0) || a.id - b.id);

function bestSeen(belongs: (film: FilmRecord) => boolean): FilmRecord[] {
  return ranking.filter(belongs);
}

function decadeOf(film: FilmRecord): number {
  return Math.floor((yearOf(film) ?? 0) / 10);
}
