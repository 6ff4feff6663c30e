import type { EndingView } from '../server';
import { badgeOf, fromNow } from './ending-words';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('fromNow', () => {
  it.each([
    [30 * 60_000, 'in 30 minutes'],
    [5 * HOUR, 'in 5 hours'],
    [47.9 * HOUR, 'in 47 hours'],
    [2 * DAY, 'in 2 days'],
    [59.9 * DAY, 'in 59 days'],
    [-61 * DAY, '2 months ago'],
    [-3 * DAY, '3 days ago'],
    [400 * DAY, 'in 13 months'],
    [1_500 * DAY, 'in 4 years'],
    [0, 'in 0 minutes'],
    [-1, 'in 0 minutes'],
  ])('says %d ms as %s', (inMs, words) => expect(fromNow(inMs)).toBe(words));
});

describe('badgeOf', () => {
  const ending = (state: EndingView['state'], sunsetInMs?: number) => badgeOf({ state, sunsetInMs } as EndingView);

  it('counts the days that are left, to the last', () => {
    expect(ending('ending', 999.5 * DAY)).toBe('ends in 999 days');
    expect(ending('ending', 1_000 * DAY)).toBe('ends in 2 years');
    expect(ending('ending', 2 * DAY)).toBe('ends in 2 days');
    expect(ending('ending', DAY)).toBe('ends in 24 hours');
  });

  it.each(['announced', 'deprecated', 'ended'] as const)('says %s', state =>
    expect(ending(state, 10 * DAY)).toBe(state),
  );
});
