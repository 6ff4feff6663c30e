import type { LatencyHistogram } from './latency-histogram.js';

/** One quantile of a histogram, worked out anew only now and then: cheap enough to ask for every call. */
export class CachedQuantile {
  private value: number | undefined = undefined;
  private dueAt = Number.NEGATIVE_INFINITY;

  /**
   * @param quantile   in [0, 1]: 0.5 is the median
   * @param refreshMs  milliseconds what was worked out is kept
   */
  constructor(
    private readonly histogram: LatencyHistogram,
    private readonly quantile: number,
    private readonly refreshMs = 100,
  ) {}

  /**
   * @param now  milliseconds
   * @returns milliseconds, undefined while nothing is known
   */
  ms(now: number): number | undefined {
    if (now >= this.dueAt || this.value === undefined) {
      this.value = this.histogram.quantileMs(this.quantile, now);
      this.dueAt = now + this.refreshMs;
    }
    return this.value;
  }
}
