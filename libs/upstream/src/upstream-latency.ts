import { CachedQuantile, FastestLatency, LatencyHistogram } from 'guichet/resilience';

/** How long an upstream takes to answer an attempt, over all its instances: what layers decide by. */
export class UpstreamLatency {
  private readonly histogram = new LatencyHistogram();
  private readonly median = new CachedQuantile(this.histogram, 0.5);
  private readonly fastest = new FastestLatency();

  /**
   * An answer came. Failures are not told: an upstream that fails fast would make its own timeouts look long.
   * @param latencyMs  milliseconds, this attempt alone
   * @param now        milliseconds
   */
  observe(latencyMs: number, now: number): void {
    this.histogram.record(latencyMs, now);
    this.fastest.observe(latencyMs, now);
  }

  /**
   * @param now  milliseconds
   * @returns milliseconds half of the answers took at most; undefined while unknown
   */
  medianMs(now: number): number | undefined {
    return this.median.ms(now);
  }

  /**
   * @param now  milliseconds
   * @returns milliseconds no answer of the last seconds came in under; 0 while too little is known
   */
  fastestMs(now: number): number {
    return this.fastest.ms(now);
  }
}
