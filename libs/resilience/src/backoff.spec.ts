import { equalJitterBackoffMs, fullJitterBackoffMs } from './backoff.js';

const almostOne = 1 - Number.EPSILON;

describe('fullJitterBackoffMs', () => {
  it('waits anything from nothing to a ceiling that doubles', () => {
    expect([1, 2, 3, 4].map(failures => fullJitterBackoffMs(failures, 50, 10_000, 0))).toEqual([0, 0, 0, 0]);
    expect([1, 2, 3, 4].map(failures => Math.round(fullJitterBackoffMs(failures, 50, 10_000, almostOne)))).toEqual([
      50, 100, 200, 400,
    ]);
  });

  it('never passes its maximum, however long the row of failures', () => {
    expect(fullJitterBackoffMs(5_000, 50, 1_000, almostOne)).toBeLessThanOrEqual(1_000);
  });
});

describe('equalJitterBackoffMs', () => {
  it('waits between half the ceiling and the ceiling', () => {
    expect(equalJitterBackoffMs(1, 200, 1_500, 0)).toBe(100);
    expect(equalJitterBackoffMs(3, 200, 1_500, 0.5)).toBe(600);
    expect(equalJitterBackoffMs(40, 200, 1_500, 0)).toBe(750);
    expect(equalJitterBackoffMs(5_000, 200, 1_500, almostOne)).toBeLessThanOrEqual(1_500);
  });
});
