import { SlidingCount } from './sliding-count.js';

/** Standard deviations of a random stream of calls that are left out. */
const DEVIATIONS = 2;
/** Milliseconds of one bucket: how finely the windows slide. */
const BUCKET_MS = 1_000;

/**
 * How many further attempts, retries and hedges alike, an upstream may get: a ratio of the calls of the last window, so
 * that an upstream in trouble gets a tenth more instead of a multiple. One per upstream.
 * Further attempts are counted over a bucket more than calls, so that two bursts never come to lie within one window; and
 * of the calls, as many are left out as the next window may have fewer by chance, for a budget is spent before it is known.
 * @see docs/decisions/0014-what-further-attempts-may-cost.md
 */
export class RetryBudget {
  private readonly calls: SlidingCount;
  private readonly extras: SlidingCount;
  private readonly foreign: SlidingCount;

  /**
   * @param ratio         further attempts for each call, >= 0
   * @param windowMs      milliseconds, a multiple of 1000
   * @param minPerWindow  further attempts that are allowed however few calls there are
   */
  constructor(
    private ratio = 0.1,
    windowMs = 10_000,
    private minPerWindow = 1,
  ) {
    const buckets = windowMs / BUCKET_MS;
    this.calls = new SlidingCount(windowMs, buckets);
    this.extras = new SlidingCount(windowMs + BUCKET_MS, buckets + 1);
    this.foreign = new SlidingCount(windowMs + BUCKET_MS, buckets + 1);
  }

  /**
   * A call begins: its first attempt, which is free.
   * @param now  milliseconds
   */
  called(now: number): void {
    this.calls.add(now);
  }

  /**
   * Asks for one further attempt, and counts it when it is granted.
   * @param now  milliseconds
   */
  claim(now: number): boolean {
    if (this.extras.total(now) + 1 > this.allowed(now)) return false;
    this.extras.add(now);
    return true;
  }

  /**
   * A further attempt was made by somebody else: a call comes from a caller that tries it again itself. It takes from what is
   * allowed here, or the two would multiply, and is not a call of its own.
   * @param now  milliseconds
   */
  spent(now: number): void {
    this.extras.add(now);
    this.foreign.add(now);
  }

  /** Changes what is allowed from now on; what was counted stays. */
  allow(ratio: number, minPerWindow: number): void {
    this.ratio = ratio;
    this.minPerWindow = minPerWindow;
  }

  /**
   * @param now  milliseconds
   * @returns how much of the budget is used, 0 to 1
   */
  used(now: number): number {
    const allowed = this.allowed(now);
    return allowed === 0 ? 1 : Math.min(1, this.extras.total(now) / allowed);
  }

  /**
   * @param now  milliseconds
   * @returns how many further attempts may be made now, >= 0
   */
  left(now: number): number {
    return Math.max(0, Math.floor(this.allowed(now) - this.extras.total(now)));
  }

  private allowed(now: number): number {
    const calls = this.calls.total(now);
    const fewer = calls - DEVIATIONS * Math.sqrt(calls);
    // Of others' further attempts, the next window may have more by chance.
    const more = DEVIATIONS * Math.sqrt(this.foreign.total(now));
    return Math.max(this.minPerWindow, this.ratio * fewer - more);
  }
}
