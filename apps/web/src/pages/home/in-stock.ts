import type { FilmList, Stock } from '#shop';

/** @returns the shelves without the films of which every copy is out; all of them where nobody knows the stock */
export function inStock(shelves: readonly FilmList[], stock: readonly Stock[] | undefined): FilmList[] {
  const soldOut = new Set(
    stock?.filter(({ formats }) => !formats.some(format => format.available)).map(({ filmId }) => filmId),
  );
  return shelves.map(shelf => ({ ...shelf, films: shelf.films.filter(film => !soldOut.has(film.id)) }));
}
