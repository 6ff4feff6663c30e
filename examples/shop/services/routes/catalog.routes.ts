import { filmById, films, type FilmRecord, yearOf } from '../data/films.js';
import { listOf, wholeNumber } from '../http/query.js';
import { found } from '../http/refusal.js';
import type { ServiceDefinition } from '../http/route.js';
import { cardOf } from './film-card.js';

const LIST_LENGTH = 12;

/** What films there are: one film, cards of several, search, and the lists of the shop window. */
export const catalog: ServiceDefinition = {
  name: 'catalog',
  routes: [
    { method: 'GET', pattern: '/films/:id', handle: ({ params }) => productOf(found(filmById(params['id']!), 'film')) },
    {
      method: 'GET',
      pattern: '/films',
      handle: ({ query }) => ({
        films: listOf(query, 'ids')
          .flatMap(id => filmById(id) ?? [])
          .map(cardOf),
      }),
    },
    {
      method: 'GET',
      pattern: '/search',
      handle: ({ query }) => {
        const page = wholeNumber(query, 'page', 1, 1, 10_000);
        const pageSize = wholeNumber(query, 'pageSize', 20, 1, 100);
        const hits = search(query.get('query') ?? '');
        const first = (page - 1) * pageSize;
        return { total: hits.length, page, pageSize, films: hits.slice(first, first + pageSize).map(cardOf) };
      },
    },
    { method: 'GET', pattern: '/lists', handle: () => ({ lists }) },
  ],
};

/** What people say of a film and what it costs are other services' business. */
function productOf(film: FilmRecord) {
  const { imdbRating: _imdb, imdbVotes: _votes, rottenTomatoes: _tomatoes, ...product } = film;
  return product;
}

/** Titles that begin with the text first, then the others that contain it, each in the file's order. */
function search(text: string): FilmRecord[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [];
  const hits = films.filter(film => titleOf(film).includes(wanted));
  return [...new Set([...hits.filter(film => titleOf(film).startsWith(wanted)), ...hits])];
}

function titleOf(film: FilmRecord): string {
  return String(film.title ?? '').toLowerCase();
}

const lists = [
  list(
    'box-office',
    'Biggest at the box office',
    () => true,
    film => film.worldwideGross ?? 0,
  ),
  list(
    'classics',
    'Classics',
    film => (yearOf(film) ?? 9999) < 1980,
    film => film.usGross ?? 0,
  ),
  list(
    'family',
    'For the whole family',
    film => film.mpaaRating === 'G',
    film => film.usGross ?? 0,
  ),
  list(
    'small',
    'Made with little money',
    film => (film.budget ?? Infinity) < 1_000_000,
    film => film.usGross ?? 0,
  ),
];

function list(
  name: string,
  title: string,
  belongs: (film: FilmRecord) => boolean,
  score: (film: FilmRecord) => number,
) {
  const best = films
    .filter(belongs)
    .sort((a, b) => score(b) - score(a) || a.id - b.id)
    .slice(0, LIST_LENGTH);
  return { name, title, films: best.map(cardOf) };
}
