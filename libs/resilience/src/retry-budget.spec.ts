import { seededRandom } from '../test/seeded-random.js';
import { RetryBudget } from './retry-budget.js';

/** @returns the highest of (calls + extras) / calls over all windows of ten seconds that begin with a call or an extra */
function worstRatio(calls: readonly number[], extras: readonly number[], fromMs: number): number {
  let worst = 0;
  for (let start = fromMs; start <= calls.at(-1)! - 10_000; start += 50) {
    const within = (instant: number) => instant >= start && instant < start + 10_000;
    worst = Math.max(worst, 1 + extras.filter(within).length / calls.filter(within).length);
  }
  return worst;
}

describe('RetryBudget', () => {
  it('grants nearly a tenth of the calls of the last ten seconds', () => {
    const budget = new RetryBudget();
    for (let call = 0; call < 10_000; call++) budget.called(call * 0.9);
    let granted = 0;
    expect(budget.left(9_000)).toBe(980);
    while (budget.claim(9_000)) granted++;
    expect(granted).toBe(980);
    expect(budget.used(9_000)).toBe(1);
    expect(budget.left(9_000)).toBe(0);
  });

  it('grants one per window when there are next to no calls', () => {
    const budget = new RetryBudget();
    budget.called(0);
    expect([budget.claim(0), budget.claim(0), budget.claim(9_999)]).toEqual([true, false, false]);
    budget.called(11_000);
    expect([budget.claim(11_000), budget.claim(11_000)]).toEqual([true, false]);
  });

  it('grants nothing where that is what was asked for', () => {
    const budget = new RetryBudget(0, 10_000, 0);
    budget.called(0);
    expect(budget.claim(0)).toBe(false);
    expect(budget.used(0)).toBe(1);
  });

  it('leaves what others may add by chance', () => {
    const budget = new RetryBudget(0.1, 10_000, 0);
    for (let call = 0; call < 1_000; call++) budget.called(0);
    for (let other = 0; other < 64; other++) budget.spent(0);
    let granted = 0;
    while (budget.claim(0)) granted++;
    // A tenth of 1000 - 2 x 31.6 calls is 93; of 64 others, there may be 16 more.
    expect(granted).toBe(93 - 64 - 16);
  });

  it.each([
    [50, 1],
    [51, 2],
    [200, 3],
    [333, 4],
  ])(
    'keeps attempts / calls <= 1.10 in every window of ten seconds at %s calls a second that all fail',
    (rate, seed) => {
      const random = seededRandom(seed);
      const budget = new RetryBudget();
      const calls: number[] = [];
      const extras: number[] = [];
      for (let call = 0; call < rate * 45; call++) {
        // Fails from the tenth second on: until then the budget filled, and goes at once.
        const now = (call * 1_000) / rate;
        calls.push(now);
        budget.called(now);
        for (let tries = 0; tries < 1 + random() * 3; tries++) {
          if (now > 10_000 && budget.claim(now)) extras.push(now);
        }
      }
      expect(extras.length).toBeGreaterThan(rate);
      expect(worstRatio(calls, extras, 0)).toBeLessThanOrEqual(1.1 + 1e-9);
    },
  );

  it('keeps further attempts within a tenth of what was called before them, whatever the traffic', () => {
    const random = seededRandom(9);
    const budget = new RetryBudget();
    const calls: number[] = [];
    const extras: number[] = [];
    let now = 0;
    let violations = 0;
    for (let step = 0; step < 15_000; step++) {
      now += random() ** 4 * (Math.floor(now / 7_000) % 2 ? 40 : 4);
      calls.push(now);
      budget.called(now);
      if (random() < 0.5 && budget.claim(now)) {
        extras.push(now);
        const recent = (instant: number) => instant > now - 10_000;
        if (extras.filter(recent).length > Math.max(1, 0.1 * calls.filter(recent).length)) violations++;
      }
    }
    expect(violations).toBe(0);
    expect(extras.length).toBeGreaterThan(500);
  });
});
