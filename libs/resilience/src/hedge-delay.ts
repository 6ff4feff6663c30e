import { LatencyHistogram } from './latency-histogram.js';
import { RetryBudget } from './retry-budget.js';

/** When a call is hedged. */
export interface HedgeOptions {
  /** The part of the calls that is over before a second attempt is thought of, in (0, 1). */
  readonly quantile: number;
  /** Second attempts for each call. */
  readonly maxRatio: number;
  /** Latencies that must be known before any call is hedged. */
  readonly minSamples: number;
}

/**
 * Quantile and share as in Dean and Barroso's The Tail at Scale; a hundred samples have five beyond the quantile.
 * @see docs/decisions/0014-what-further-attempts-may-cost.md
 */
export const HEDGE_DEFAULTS: HedgeOptions = Object.freeze({ quantile: 0.95, maxRatio: 0.05, minSamples: 100 });

/** What {@link HedgeDelay.delayMs} answers where a call is not to be hedged. */
export const NO_HEDGE = -1;

/** Milliseconds a delay is kept before it is worked out anew. */
const REFRESH_MS = 100;

/**
 * How long a call waits for its first attempt before it makes a second one elsewhere: as long as 95 % of the calls take.
 * As the share of second attempts is used up, the wait moves half-way to the slowest, so that what is left goes to calls
 * that need it more. One per upstream, or per call that hedges.
 */
export class HedgeDelay {
  private readonly histogram = new LatencyHistogram();
  private readonly budget: RetryBudget;
  private delay = NO_HEDGE;
  private dueAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: HedgeOptions = HEDGE_DEFAULTS) {
    this.budget = new RetryBudget(options.maxRatio, 10_000, 0);
  }

  /**
   * A call that may be hedged begins.
   * @param now  milliseconds
   * @returns milliseconds to wait for the first attempt, or {@link NO_HEDGE} while too little is known
   */
  called(now: number): number {
    this.budget.called(now);
    return this.delayMs(now);
  }

  /**
   * @param now  milliseconds
   * @returns milliseconds to wait for the first attempt, or {@link NO_HEDGE} while too little is known
   */
  delayMs(now: number): number {
    if (now < this.dueAt) return this.delay;
    this.dueAt = now + REFRESH_MS;
    const { quantile, minSamples } = this.options;
    if (this.histogram.samples(now) < minSamples) return (this.delay = NO_HEDGE);
    const later = ((1 - quantile) / 2) * this.budget.used(now);
    return (this.delay = this.histogram.quantileMs(quantile + later, now) ?? NO_HEDGE);
  }

  /**
   * The wait is over: asks for the second attempt, and counts it when it is granted. A hedge also needs to be granted
   * by the upstream's {@link RetryBudget}; ask that one last, for it counts at once too.
   * @param now  milliseconds
   */
  claim(now: number): boolean {
    return this.budget.claim(now);
  }

  /**
   * How long a call's first attempt took, or how long it had taken when it was cancelled because the second was faster.
   * Leave those out and the slow ones are never known.
   * @param latencyMs  milliseconds
   * @param now        milliseconds
   */
  observe(latencyMs: number, now: number): void {
    this.histogram.record(latencyMs, now);
  }
}
