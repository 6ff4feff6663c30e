import { type CallDeprecation, dayOf, type Deprecation, isRetired } from 'guichet/kernel';

/**
 * How far something is on its way out. `announced`: it will be deprecated; `deprecated`: it is, and no end is said; `ending`: it is,
 * and its end is ahead; `ended`: its time is over.
 */
export type EndingState = 'announced' | 'deprecated' | 'ending' | 'ended';

export const ENDING_STATES: readonly EndingState[] = ['announced', 'deprecated', 'ending', 'ended'];

/** When something ends. */
export interface EndingView {
  readonly state: EndingState;
  /** Since when it is deprecated: a day by UTC, `2026-10-01`, or an instant, `2026-10-01T12:00:00Z`. */
  readonly since: string;
  /** Milliseconds until then; below 0: so long ago. */
  readonly sinceInMs: number;
  /** When it ends, as `since` is written; undefined where that is not said. */
  readonly sunset: string | undefined;
  /** Milliseconds until then; below 0: so long ago. */
  readonly sunsetInMs: number | undefined;
}

/** @param now  milliseconds since 1970-01-01 UTC */
export function endingOf(deprecation: Deprecation | CallDeprecation, now: number): EndingView {
  const { since, sunset } = deprecation;
  return {
    state: stateOf(deprecation, now),
    since: dayOf(since),
    sinceInMs: since - now,
    sunset: sunset === undefined ? undefined : dayOf(sunset),
    sunsetInMs: sunset === undefined ? undefined : sunset - now,
  };
}

function stateOf(deprecation: Deprecation | CallDeprecation, now: number): EndingState {
  if (isRetired(deprecation, now)) return 'ended';
  if (deprecation.since > now) return 'announced';
  return deprecation.sunset === undefined ? 'deprecated' : 'ending';
}

/** For sorting: what is over first, then by the days that are left, then what has no end. */
export function bySoonest(a: EndingView, b: EndingView): number {
  return leftMs(a) - leftMs(b);
}

function leftMs({ state, sunsetInMs }: EndingView): number {
  if (state === 'ended') return Math.min(0, sunsetInMs ?? 0);
  // Still a number where both have none.
  return sunsetInMs ?? Number.MAX_VALUE;
}
