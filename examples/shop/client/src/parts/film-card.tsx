import type { VNode } from 'preact';
import type { FilmTile, Price, Ratings } from '../payload';
import { Poster } from '../poster/poster';
import { addressOf } from '../route';
import { inMoney } from '../words';
import { RatingMark } from './ratings';

interface FilmCardProps {
  readonly film: FilmTile;
  readonly price?: Price | undefined;
  readonly ratings?: Pick<Ratings, 'imdb'> | undefined;
}

/** A film on a shelf: its poster, its title, and what is known of it at a glance. The whole card is one link. */
export function FilmCard({ film, price, ratings }: FilmCardProps): VNode {
  return (
    <article class="card">
      <Poster film={film} />
      <h3 class="card-title">
        <a href={addressOf({ kind: 'film', id: String(film.id) })}>{film.title}</a>
      </h3>
      <p class="card-facts">
        <span>{film.year ?? 'Year unknown'}</span>
        <RatingMark ratings={ratings} />
        {price !== undefined && (
          <span class="card-price">
            {price.listAmountCents > price.amountCents && <del>{inMoney(price.listAmountCents, price.currency)}</del>}
            {inMoney(price.amountCents, price.currency)}
          </span>
        )}
      </p>
    </article>
  );
}
