import { pickOfTwo } from './balancer.js';

/** mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function idle(...weights: number[]) {
  return weights.map((weight, number) => ({ name: `i${number}`, outstanding: 0, weight }));
}

function shares<T extends { name: string; outstanding: number; weight: number }>(
  candidates: T[],
  picks: number,
  random: () => number,
  onPick: (picked: T) => void = () => {},
): number[] {
  const counts = new Map<string, number>();
  for (let round = 0; round < picks; round++) {
    const picked = pickOfTwo(candidates, random)!;
    counts.set(picked.name, (counts.get(picked.name) ?? 0) + 1);
    onPick(picked);
  }
  return candidates.map(({ name }) => (counts.get(name) ?? 0) / picks);
}

describe('pickOfTwo', () => {
  it('has nothing to give when there are no candidates', () => {
    expect(pickOfTwo([], Math.random)).toBeUndefined();
  });

  it.each([1, 7, 42])('shares idle instances out by weight (seed %i)', seed => {
    const [a, b, c] = shares(idle(1, 1, 1), 30_000, seeded(seed));
    for (const share of [a, b, c]) expect(share).toBeCloseTo(1 / 3, 1);
    const [light, heavy] = shares(idle(1, 3), 30_000, seeded(seed));
    expect(light).toBeCloseTo(0.25, 1);
    expect(heavy).toBeCloseTo(0.75, 1);
  });

  it('never takes the busiest of several, and of two always the less busy', () => {
    const random = seeded(3);
    const [calm, busy] = idle(1, 1);
    const pair = [Object.assign(calm!, { outstanding: 2 }), Object.assign(busy!, { outstanding: 3 })];
    expect(shares(pair, 1_000, random)).toEqual([1, 0]);
    const many = idle(1, 1, 1, 1, 1);
    many[2]!.outstanding = 50;
    expect(shares(many, 5_000, random)[2]).toBe(0);
  });

  it('judges outstanding calls by weight: three of a weight of 10 are less than one of 1', () => {
    const [light, heavy] = idle(1, 10);
    light!.outstanding = 1;
    heavy!.outstanding = 3;
    expect(shares([light!, heavy!], 1_000, seeded(5))).toEqual([0, 1]);
  });

  it('keeps outstanding calls level where one instance is ten times slower', () => {
    const random = seeded(11);
    const instances = idle(1, 1, 1, 1).map((instance, number) => ({
      ...instance,
      ends: [] as number[],
      slow: number === 0,
    }));
    let now = 0;
    const [slow] = shares(instances, 20_000, random, picked => {
      now += 1;
      picked.ends.push(now + (picked.slow ? 100 : 10));
      for (const instance of instances) {
        instance.ends = instance.ends.filter(end => end > now);
        instance.outstanding = instance.ends.length;
      }
    });
    expect(slow).toBeLessThan(0.12);
    expect(slow).toBeGreaterThan(0);
  });

  it('takes another than the excluded one while there is one', () => {
    const candidates = idle(1, 1, 100);
    for (let round = 0; round < 500; round++) {
      expect(pickOfTwo(candidates, seeded(round), candidates[2])).not.toBe(candidates[2]);
    }
  });

  it('takes the excluded one when there is nothing else', () => {
    const candidates = idle(1);
    expect(pickOfTwo(candidates, Math.random, candidates[0])).toBe(candidates[0]);
  });

  it('is not confused by an excluded one that has left the list', () => {
    const candidates = idle(1, 1);
    expect(candidates).toContain(pickOfTwo(candidates, Math.random, { name: 'gone', outstanding: 0, weight: 1 }));
  });

  it.each([0, 0.5, 1 - Number.EPSILON])('always finds one, whatever the random number (%d)', number => {
    expect(idle(0.1, 0.2, 0.3).map(({ name }) => name)).toContain(pickOfTwo(idle(0.1, 0.2, 0.3), () => number)?.name);
  });
});
