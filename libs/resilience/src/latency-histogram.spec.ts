import { seededRandom } from '../test/seeded-random.js';
import { LatencyHistogram } from './latency-histogram.js';

describe('LatencyHistogram', () => {
  it('knows nothing before the first latency', () => {
    const histogram = new LatencyHistogram();
    expect(histogram.quantileMs(0.5, 0)).toBeUndefined();
    expect(histogram.samples(0)).toBe(0);
  });

  it.each([0, 0.05, 0.9, 1, 7.3, 100, 999.9, 30_000])('tells %s ms at most a sixteenth too high', latencyMs => {
    const histogram = new LatencyHistogram();
    histogram.record(latencyMs, 0);
    const told = histogram.quantileMs(0.5, 0)!;
    expect(told).toBeGreaterThanOrEqual(latencyMs);
    expect(told).toBeLessThanOrEqual(Math.max(latencyMs * (1 + 1 / 16), latencyMs + 1 / 16) + 1e-9);
  });

  it('takes what is longer than it can tell as the longest', () => {
    const histogram = new LatencyHistogram();
    histogram.record(10_000_000, 0);
    histogram.record(-1, 0);
    expect(histogram.quantileMs(1, 0)).toBe(65_536);
    expect(histogram.quantileMs(0, 0)).toBeLessThan(0.1);
  });

  it('follows an upstream that became slow within a few half-lives', () => {
    const histogram = new LatencyHistogram(10_000);
    for (let now = 0; now < 60_000; now += 10) histogram.record(10, now);
    for (let now = 60_000; now < 80_000; now += 10) histogram.record(200, now);
    expect(histogram.quantileMs(0.5, 80_000)).toBeGreaterThan(190);
  });

  it('counts half after every half-life, and forgets in the end', () => {
    const histogram = new LatencyHistogram(10_000);
    for (let call = 0; call < 1_000; call++) histogram.record(10, 0);
    expect(histogram.samples(9_999)).toBe(1_000);
    expect(histogram.samples(10_000)).toBe(500);
    expect(histogram.samples(30_000)).toBe(125);
    expect(histogram.quantileMs(0.5, 10_000_000)).toBeUndefined();
  });

  it.each([1, 2, 3])('agrees with a sorted list (seed %s)', seed => {
    const random = seededRandom(seed);
    const histogram = new LatencyHistogram();
    const latencies = Array.from({ length: 4_000 }, () => -Math.log(1 - random()) * 50 + (random() < 0.02 ? 900 : 0));
    for (const latencyMs of latencies) histogram.record(latencyMs, 1);
    latencies.sort((a, b) => a - b);
    for (const quantile of [0.01, 0.5, 0.9, 0.95, 0.99, 0.999, 1]) {
      const exact = latencies[Math.ceil(quantile * latencies.length) - 1]!;
      const told = histogram.quantileMs(quantile, 1)!;
      expect(told).toBeGreaterThanOrEqual(exact);
      expect(told).toBeLessThanOrEqual(exact * (1 + 1 / 16) + 1 / 16);
    }
  });
});
