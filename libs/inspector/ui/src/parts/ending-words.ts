import type { EndingView } from '../server';
import { count } from '../words';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Of the Gregorian calendar, on average. */
const MONTH_MS = 30.437 * DAY_MS;

/** From here on an instant is told in the next larger unit. */
const UNITS = [
  { untilMs: 90 * 60_000, unitMs: 60_000, unit: 'minute' },
  { untilMs: 2 * DAY_MS, unitMs: HOUR_MS, unit: 'hour' },
  { untilMs: 60 * DAY_MS, unitMs: DAY_MS, unit: 'day' },
  { untilMs: 24 * MONTH_MS, unitMs: MONTH_MS, unit: 'month' },
  { untilMs: Infinity, unitMs: 12 * MONTH_MS, unit: 'year' },
] as const;

/** Beyond, nobody counts days. */
const MAX_DAYS = 999;

const relative = new Intl.RelativeTimeFormat('en');

/** An instant as people say it: `in 12 days`, `3 months ago`. @param inMs  milliseconds until then; below 0: so long ago */
export function fromNow(inMs: number): string {
  const { unit, unitMs } = UNITS.find(({ untilMs }) => Math.abs(inMs) < untilMs)!;
  return relative.format(toward0(inMs / unitMs), unit);
}

/** How far something is on its way out, in a word or two: an end that is near is worth its days. */
export function badgeOf({ state, sunsetInMs = 0 }: EndingView): string {
  if (state !== 'ending') return state;
  const days = Math.floor(sunsetInMs / DAY_MS);
  return days < 2 || days > MAX_DAYS ? `ends ${fromNow(sunsetInMs)}` : `ends in ${count(days, 'day')}`;
}

/** Nobody is told of more time than there is. */
function toward0(value: number): number {
  return Math.trunc(value) || 0;
}
