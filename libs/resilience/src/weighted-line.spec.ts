import { EvenSequence, shareAt } from './weighted-line.js';

describe('shareAt', () => {
  it('lays shares one after the other, and leaves the rest to nobody', () => {
    const shares = [0.1, 0.25];
    expect([0, 0.0999, 0.1, 0.3499, 0.35, 0.9999].map(point => shareAt(shares, point))).toEqual([0, 0, 1, 1, -1, -1]);
    expect([shareAt([0, 0], 0), shareAt([], 0), shareAt([1], 0.999_999_999)]).toEqual([-1, -1, 0]);
  });

  it('moves nobody out of a share that grows', () => {
    for (let share = 0; share < 1; share += 0.01)
      for (let point = 0; point < share; point += 0.01) expect(shareAt([share + 0.01], point)).toBe(0);
  });
});

describe('EvenSequence', () => {
  it.each([1, 2, 3, 7, 10])('fills a line evenly, also when only every %i-th point is looked at', every => {
    const sequence = new EvenSequence(0.37);
    let within = 0;
    for (let n = 0; n < 10_000 * every; n++) {
      const point = sequence.next();
      expect(point >= 0 && point < 1).toBe(true);
      if (n % every === 0 && point < 0.1) within++;
    }
    expect(Math.abs(within - 1_000)).toBeLessThan(15);
  });
});
