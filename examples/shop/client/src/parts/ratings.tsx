import type { VNode } from 'preact';
import type { Ratings } from '../payload';
import { counted } from '../words';
import { Icon } from './icon';

/** Whether anybody rated the film at all. */
export function isRated(ratings: Ratings): boolean {
  return ratings.imdb !== null || ratings.rottenTomatoes !== null;
}

/** A film's ratings at large: one gauge per source. A source without a rating says so; an unrated film says it once. */
export function RatingGauges({ ratings }: { readonly ratings: Ratings }): VNode {
  if (!isRated(ratings)) return <p class="quiet">Nobody has rated this film yet. Be the first to see it.</p>;
  const { imdb, imdbVotes, rottenTomatoes } = ratings;
  return (
    <ul class="gauges">
      <Gauge
        source="IMDb"
        value={imdb?.toFixed(1)}
        unit="/10"
        of10={imdb}
        remark={imdbVotes === null ? undefined : counted(imdbVotes, 'vote')}
      />
      <Gauge
        source="Rotten Tomatoes"
        value={rottenTomatoes?.toString()}
        unit="%"
        of10={rottenTomatoes === null ? null : rottenTomatoes / 10}
        remark={rottenTomatoes === null ? undefined : rottenTomatoes >= 60 ? 'Fresh' : 'Rotten'}
      />
    </ul>
  );
}

interface GaugeProps {
  readonly source: string;
  readonly value: string | undefined;
  readonly unit: string;
  readonly of10: number | null;
  readonly remark: string | undefined;
}

function Gauge({ source, value, unit, of10, remark }: GaugeProps): VNode {
  return (
    <li class="gauge">
      <span class="gauge-source">{source}</span>
      {value === undefined ? (
        <span class="quiet">Not rated</span>
      ) : (
        <>
          <span class="gauge-value">
            {value}
            <small>{unit}</small>
          </span>
          <svg class="gauge-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect class="gauge-track" width="100" height="4" />
            <rect class="gauge-fill" width={(of10 ?? 0) * 10} height="4" />
          </svg>
          {remark !== undefined && <span class="gauge-remark">{remark}</span>}
        </>
      )}
    </li>
  );
}

/** A film's rating on a card: one number, or nothing. */
export function RatingMark({ ratings }: { readonly ratings: Pick<Ratings, 'imdb'> | undefined }): VNode | null {
  if (ratings === undefined || ratings.imdb === null) return null;
  return (
    <span class="rating-mark">
      <Icon name="star" />
      <span class="hidden-words">IMDb rating </span>
      {ratings.imdb.toFixed(1)}
    </span>
  );
}
