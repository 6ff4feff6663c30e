import { SlidingCount } from './sliding-count.js';

/** How many calls succeeded and failed in the last while. */
export class OutcomeWindow {
  private readonly all: SlidingCount;
  private readonly failed: SlidingCount;

  /**
   * @param windowMs  milliseconds, > 0
   * @param buckets   how finely the window slides, an integer >= 1
   */
  constructor(windowMs = 10_000, buckets = 10) {
    this.all = new SlidingCount(windowMs, buckets);
    this.failed = new SlidingCount(windowMs, buckets);
  }

  /** @param now  milliseconds */
  addSuccess(now: number): void {
    this.all.add(now);
  }

  /** @param now  milliseconds */
  addFailure(now: number): void {
    this.all.add(now);
    this.failed.add(now);
  }

  /**
   * @param now       milliseconds
   * @param ratio     of failures among calls, in (0, 1]
   * @param minCalls  below that many calls in the window nothing is said
   * @returns whether failures make up at least that ratio
   */
  failsAt(now: number, ratio: number, minCalls: number): boolean {
    const calls = this.all.total(now);
    return calls >= minCalls && calls > 0 && this.failed.total(now) >= ratio * calls;
  }

  /**
   * @param now  milliseconds
   * @returns calls in the window
   */
  calls(now: number): number {
    return this.all.total(now);
  }

  /**
   * @param now  milliseconds
   * @returns failed calls in the window
   */
  failures(now: number): number {
    return this.failed.total(now);
  }

  /** Forgets everything. */
  clear(): void {
    this.all.clear();
    this.failed.clear();
  }
}
