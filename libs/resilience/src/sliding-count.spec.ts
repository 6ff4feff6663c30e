import { seededRandom } from '../test/seeded-random.js';
import { SlidingCount } from './sliding-count.js';

describe('SlidingCount', () => {
  it('forgets a bucket when it leaves the window, not before', () => {
    const count = new SlidingCount(10_000, 10);
    count.add(999);
    count.add(1_000);
    expect(count.total(9_999)).toBe(2);
    expect(count.total(10_000)).toBe(1);
    expect(count.total(11_000)).toBe(0);
  });

  it('is empty after a pause longer than the window', () => {
    const count = new SlidingCount(10_000, 10);
    count.add(500, 7);
    expect(count.total(1_000_000)).toBe(0);
    count.add(1_000_000, 2);
    expect(count.total(1_000_001)).toBe(2);
  });

  it('starts anew when cleared', () => {
    const count = new SlidingCount();
    count.add(0);
    count.clear();
    expect(count.total(1)).toBe(0);
    count.add(2);
    expect(count.total(3)).toBe(1);
  });

  it.each([1, 2, 3])('agrees with a list of instants (seed %s)', seed => {
    const random = seededRandom(seed);
    const count = new SlidingCount(1_000, 4);
    const instants: number[] = [];
    let now = random() * 1e6;
    for (let step = 0; step < 5_000; step++) {
      now += random() < 0.01 ? random() * 3_000 : random() * 60;
      if (random() < 0.7) {
        count.add(now);
        instants.push(now);
      }
      const oldest = (Math.floor(now / 250) - 3) * 250;
      expect(count.total(now)).toBe(instants.filter(instant => instant >= oldest).length);
    }
  });
});
