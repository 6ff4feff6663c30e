import { CachedQuantile } from './cached-quantile.js';
import { LatencyHistogram } from './latency-histogram.js';

describe('CachedQuantile', () => {
  it('knows a first latency at once, and what comes after it when it is due', () => {
    const histogram = new LatencyHistogram();
    const median = new CachedQuantile(histogram, 0.5, 100);
    expect(median.ms(0)).toBeUndefined();
    histogram.record(1, 0);
    expect(median.ms(1)).toBeCloseTo(1, 0);
    for (let call = 0; call < 10; call++) histogram.record(800, 1);
    expect(median.ms(100)).toBeCloseTo(1, 0);
    expect(median.ms(101)).toBeGreaterThanOrEqual(800);
  });
});
