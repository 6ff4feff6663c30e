import { QueryPace } from './query-pace.js';

const pace = { minGapMs: 50, sustainedGapMs: 1_000, burst: 4 };

describe('QueryPace', () => {
  it('lets the first query go at once, and each after a calm', () => {
    const queries = new QueryPace(pace);
    expect(queries.next(10_000)).toBe(0);
    expect(queries.next(15_000)).toBe(0);
    expect(queries.next(16_500)).toBe(0);
  });

  it('keeps a gap between two queries, so that changes at the same moment come in one answer', () => {
    const queries = new QueryPace(pace);
    queries.next(0);
    expect(queries.next(2)).toBe(48);
  });

  it('follows a few changes closely', () => {
    const queries = new QueryPace(pace);
    expect([0, 100, 200, 300].map(now => queries.next(now))).toEqual([0, 0, 0, 0]);
  });

  it('costs one query a second in the long run, however fast the service flaps', () => {
    const queries = new QueryPace(pace);
    let now = 0;
    let count = 0;
    // Consul answers at once, for a minute.
    while (now < 60_000) {
      now += queries.next(now) + 1;
      count++;
    }
    expect(count).toBeLessThanOrEqual(60 + pace.burst);
    expect(count).toBeGreaterThanOrEqual(60);
  });

  it('never lets a change wait longer than the sustained gap', () => {
    const queries = new QueryPace(pace);
    let now = 0;
    for (let query = 0; query < 100; query++) {
      const wait = queries.next(now);
      expect(wait).toBeLessThanOrEqual(pace.sustainedGapMs);
      now += wait + 1;
    }
  });

  it('has its allowance back after a calm', () => {
    const queries = new QueryPace(pace);
    let now = 0;
    for (let query = 0; query < 20; query++) now += queries.next(now);
    now += 4_000;
    expect([0, 60, 120].map(later => queries.next(now + later))).toEqual([0, 0, 0]);
  });
});
