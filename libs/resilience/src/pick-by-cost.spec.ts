import { seededRandom } from '../test/seeded-random.js';
import { PeakEwma } from './peak-ewma.js';
import { type CostCandidate, pickByCost } from './pick-by-cost.js';

class Candidate implements CostCandidate {
  readonly latency = new PeakEwma();
  outstanding = 0;
  weight = 1;
  factor = 1;

  constructor(latencyMs?: number) {
    if (latencyMs !== undefined) this.latency.observe(latencyMs, 0);
  }

  share(): number {
    return this.factor;
  }
}

function picks(candidates: Candidate[], times = 20_000, exclude?: Candidate): number[] {
  const random = seededRandom(7);
  const counts = candidates.map(() => 0);
  for (let pick = 0; pick < times; pick++) counts[candidates.indexOf(pickByCost(candidates, 0, random, exclude)!)]!++;
  return counts.map(count => count / times);
}

describe('pickByCost', () => {
  it('takes the faster of two that are as busy', () => {
    expect(picks([new Candidate(10), new Candidate(20)])).toEqual([1, 0]);
  });

  it('spreads evenly over those that are about as fast', () => {
    const shares = picks([new Candidate(10), new Candidate(12), new Candidate(19)]);
    for (const share of shares) expect(share).toBeCloseTo(1 / 3, 1);
  });

  it('takes the slower one once the faster is that much busier', () => {
    const fast = new Candidate(10);
    fast.outstanding = 10;
    expect(picks([fast, new Candidate(100)])).toEqual([0, 1]);
    fast.outstanding = 8;
    expect(picks([fast, new Candidate(100)])).toEqual([1, 0]);
  });

  it('spreads by weight when all else is equal', () => {
    const heavy = new Candidate(10);
    heavy.weight = 8;
    const [share] = picks([heavy, new Candidate(10), new Candidate(10)]);
    expect(share).toBeGreaterThan(0.75);
  });

  it('gives one that was never heard of its share instead of everything', () => {
    const shares = picks([new Candidate(10), new Candidate(10), new Candidate()]);
    expect(shares[2]).toBeGreaterThan(0.28);
    expect(shares[2]).toBeLessThan(0.38);
  });

  it('gives one that warms up a part, and an ejected one nothing', () => {
    const warming = new Candidate(10);
    warming.factor = 0.25;
    const ejected = new Candidate(1);
    ejected.factor = 0;
    const shares = picks([new Candidate(10), warming, ejected]);
    expect(shares[2]).toBe(0);
    expect(shares[1]).toBeLessThan(0.25);
  });

  it('does not take the excluded one, unless there is nothing else', () => {
    const [excluded, other] = [new Candidate(1), new Candidate(100)];
    expect(picks([excluded, other], 100, excluded)).toEqual([0, 1]);
    expect(pickByCost([excluded], 0, Math.random, excluded)).toBe(excluded);
  });

  it('rather takes the excluded one than an ejected one, and an ejected one rather than none', () => {
    const [one, ejected] = [new Candidate(1), new Candidate(1)];
    ejected.factor = 0;
    expect(pickByCost([one, ejected], 0, Math.random, one)).toBe(one);
    one.factor = 0;
    expect(pickByCost([one, ejected], 0, Math.random, one)).toBe(ejected);
  });

  it('finds nothing among none', () => {
    expect(pickByCost([], 0, Math.random)).toBeUndefined();
  });
});
