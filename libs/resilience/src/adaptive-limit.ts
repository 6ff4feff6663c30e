/** How a limit follows latency. */
export interface AdaptiveLimitOptions {
  readonly initialLimit: number;
  readonly minLimit: number;
  readonly maxLimit: number;
  /** How many more than the limit may queue at the upstream without the limit shrinking: also how fast it grows. */
  readonly queueSize: number;
  /** How many times the long-term latency the present one may be before the limit shrinks, >= 1. */
  readonly tolerance: number;
  /** How much of each change is made, in (0, 1]. */
  readonly smoothing: number;
  /** Milliseconds whose latencies are averaged before the limit moves. */
  readonly windowMs: number;
  /** Latencies a window has at least. */
  readonly minSamples: number;
  /** Windows the long-term latency is an average of. */
  readonly longWindows: number;
  /** What a window with dropped calls leaves of the limit at most, in (0, 1). */
  readonly dropFactor: number;
}

/**
 * Netflix concurrency-limits' for Gradient2, but: windows are a quarter as long and four times as many, so that an overload
 * is met within a second or two; the limit may fall to 4 instead of 20, for an upstream may do well with less.
 * @see docs/decisions/0014-what-further-attempts-may-cost.md
 */
export const ADAPTIVE_LIMIT_DEFAULTS: AdaptiveLimitOptions = Object.freeze({
  initialLimit: 20,
  minLimit: 4,
  maxLimit: 200,
  queueSize: 4,
  tolerance: 1.5,
  smoothing: 0.2,
  windowMs: 250,
  minSamples: 10,
  longWindows: 2_400,
  dropFactor: 0.9,
});

/** Windows of which the long-term latency is a plain average, until it has a past. */
const WARM_UP_WINDOWS = 10;
/** How much less a window above the tolerance adds to the long-term latency: or a lasting overload would become the usual. */
const OVERLOAD_DISCOUNT = 8;

/**
 * How many calls may be under way so that none of them queues for long: grows while latency is what it is in the long run,
 * shrinks as it rises above that, and when calls are dropped. A cancelled call says nothing and is not told.
 * Beyond Gradient2: drops count, and latency above the tolerance becomes the usual eight times slower.
 * @see https://github.com/Netflix/concurrency-limits  (Gradient2Limit, WindowedLimit)
 */
export class AdaptiveLimit {
  private estimate: number;
  private longMs = 0;
  private windows = 0;
  private windowEndsAt = Number.NEGATIVE_INFINITY;
  private samples = 0;
  private sumMs = 0;
  private maxInFlight = 0;
  private hasDropped = false;

  constructor(private readonly options: AdaptiveLimitOptions = ADAPTIVE_LIMIT_DEFAULTS) {
    this.estimate = options.initialLimit;
  }

  /** How many calls may be under way now: an integer >= 1. */
  get limit(): number {
    return Math.max(1, Math.floor(this.estimate));
  }

  /**
   * A call succeeded, or failed for a reason that is not overload.
   * @param latencyMs  milliseconds, > 0, without the time it waited here
   * @param inFlight   how many were under way when it began, itself included
   * @param now        milliseconds
   * @returns the limit after it
   */
  succeeded(latencyMs: number, inFlight: number, now: number): number {
    return this.sample(latencyMs, inFlight, false, now);
  }

  /**
   * A call timed out or was refused for overload.
   * @param latencyMs  milliseconds it took to come to that
   * @param inFlight   how many were under way when it began, itself included
   * @param now        milliseconds
   * @returns the limit after it
   */
  dropped(latencyMs: number, inFlight: number, now: number): number {
    return this.sample(latencyMs, inFlight, true, now);
  }

  private sample(latencyMs: number, inFlight: number, hasDropped: boolean, now: number): number {
    if (this.samples === 0) this.windowEndsAt = now + this.options.windowMs;
    // A drop in a millisecond is no sign of speed.
    if (!hasDropped || latencyMs > this.longMs) {
      this.sumMs += latencyMs;
      this.samples++;
    }
    this.maxInFlight = Math.max(this.maxInFlight, inFlight);
    this.hasDropped ||= hasDropped;
    if (now >= this.windowEndsAt && this.samples >= this.options.minSamples) this.endWindow();
    return this.limit;
  }

  private endWindow(): void {
    const { minLimit, maxLimit, queueSize, tolerance, smoothing, dropFactor } = this.options;
    const shortMs = this.sumMs / this.samples;
    const { maxInFlight, hasDropped } = this;
    this.samples = this.sumMs = this.maxInFlight = 0;
    this.hasDropped = false;
    this.remember(shortMs);
    // After an overload the long-term latency is too high: let it down faster than its average would.
    if (this.longMs > 2 * shortMs) this.longMs *= 0.95;
    // A limit that nobody reaches says nothing about the upstream.
    if (maxInFlight < this.estimate / 2 && !hasDropped) return;
    const gradient = Math.max(0.5, Math.min(1, (tolerance * this.longMs) / shortMs));
    const target = this.estimate * gradient + queueSize;
    const smoothed = this.estimate * (1 - smoothing) + target * smoothing;
    const bounded = hasDropped ? Math.min(smoothed, this.estimate * dropFactor) : smoothed;
    this.estimate = Math.max(minLimit, Math.min(maxLimit, bounded));
  }

  private remember(shortMs: number): void {
    this.windows++;
    const { longWindows, tolerance } = this.options;
    const isOverload = shortMs > tolerance * this.longMs;
    const share = 2 / (longWindows + 1) / (isOverload ? OVERLOAD_DISCOUNT : 1);
    this.longMs += (shortMs - this.longMs) * (this.windows <= WARM_UP_WINDOWS ? 1 / this.windows : share);
  }
}
