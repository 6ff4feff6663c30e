import type { ComponentChildren, VNode } from 'preact';
import type { FilmPrice, FilmRating, FilmTile } from '../payload';
import { FilmCard } from './film-card';

interface ShelfProps {
  readonly id: string;
  readonly title: string;
  readonly films: readonly FilmTile[];
  readonly prices?: readonly FilmPrice[] | undefined;
  readonly ratings?: readonly FilmRating[] | undefined;
  /** What is to be said of the shelf, under its title. */
  readonly children?: ComponentChildren;
}

/** A row of films under a title; on a narrow screen it is pushed along sideways. */
export function Shelf({ id, title, films, prices, ratings, children }: ShelfProps): VNode {
  return (
    <section class="shelf" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
      {films.length > 0 && <FilmGrid films={films} prices={prices} ratings={ratings} row />}
    </section>
  );
}

interface FilmGridProps extends Pick<ShelfProps, 'films' | 'prices' | 'ratings'> {
  readonly row?: boolean;
}

/** Films side by side: in one row, or in as many as they need. */
export function FilmGrid({ films, prices, ratings, row = false }: FilmGridProps): VNode {
  return (
    <ul class={row ? 'films films-row' : 'films'}>
      {films.map(film => (
        <li key={film.id}>
          <FilmCard
            film={film}
            price={prices?.find(price => price.filmId === film.id)}
            ratings={ratings?.find(rating => rating.filmId === film.id)}
          />
        </li>
      ))}
    </ul>
  );
}
