import { HistogramReading } from './histogram-reading.js';

function reading(...buckets: readonly (readonly [number, number])[]): HistogramReading {
  const made = new HistogramReading();
  for (const [bound, count] of buckets) made.add(bound, count);
  return made;
}

describe('HistogramReading', () => {
  it('finds a quantile within its bucket, as if spread evenly', () => {
    const values = reading([0.1, 0], [0.2, 10], [Infinity, 10]);
    expect(values.quantile(0.5)).toBeCloseTo(0.15);
    expect(values.quantile(1)).toBeCloseTo(0.2);
  });

  it('says the highest bound of what lies above it', () => {
    expect(reading([0.1, 1], [Number('+Inf'), 10]).quantile(0.95)).toBe(0.1);
  });

  it('tells only what came since an earlier reading', () => {
    const before = reading([0.1, 100], [0.2, 100], [Infinity, 100]);
    const after = reading([0.1, 100], [0.2, 110], [Infinity, 110]);
    expect(after.since(before).quantile(0.5)).toBeCloseTo(0.15);
    expect(after.since(after).quantile(0.5)).toBeUndefined();
  });

  it('adds up series of the same bounds', () => {
    expect(reading([1, 1], [1, 3], [Infinity, 4]).quantile(1)).toBe(1);
  });
});
