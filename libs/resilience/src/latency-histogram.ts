/** Sixteen steps in every doubling: a quantile is at most 1/16 too high and never too low. */
const STEP_BITS = 4;
const STEPS = 1 << STEP_BITS;
/** Latencies are counted in sixteenths of a millisecond. */
const UNITS_PER_MS = 16;
/** The highest that is told apart: 2^20 sixteenths, about 65 s. */
const MAX_UNITS = (1 << 20) - 1;
const BUCKETS = bucketOf(MAX_UNITS) + 1;

/**
 * Latencies of the last while in fixed memory (272 counters), as HdrHistogram's log-linear buckets. What was recorded
 * counts half after every `halfLifeMs`, so that quantiles follow the upstream without forgetting it between two calls.
 * @see docs/decisions/0013-latency-that-decides.md
 */
export class LatencyHistogram {
  private readonly counts = new Float64Array(BUCKETS);
  private total = 0;
  private halvedAt: number | undefined = undefined;

  /** @param halfLifeMs  milliseconds, > 0 */
  constructor(private readonly halfLifeMs = 10_000) {}

  /**
   * @param latencyMs  milliseconds, >= 0; more than 65 s counts as 65 s
   * @param now        milliseconds, never less than before
   */
  record(latencyMs: number, now: number): void {
    this.fade(now);
    this.counts[bucketOf(Math.min(MAX_UNITS, Math.max(0, Math.floor(latencyMs * UNITS_PER_MS))))]! += 1;
    this.total++;
  }

  /**
   * @param now  milliseconds
   * @returns how many latencies it speaks for, older ones counting less
   */
  samples(now: number): number {
    this.fade(now);
    return this.total;
  }

  /**
   * Goes through all counters: keep what it says for a while, as {@link CachedQuantile} does, instead of asking for every call.
   * @param quantile  in [0, 1]: 0.5 is the median
   * @param now       milliseconds
   * @returns milliseconds below or at which that part of the latencies lies; undefined when nothing was recorded
   */
  quantileMs(quantile: number, now: number): number | undefined {
    this.fade(now);
    let left = quantile * this.total;
    let last: number | undefined;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const count = this.counts[bucket]!;
      if (count === 0) continue;
      last = upperEdgeMs(bucket);
      left -= count;
      if (left <= 0) return last;
    }
    return last;
  }

  private fade(now: number): void {
    this.halvedAt ??= now;
    const halvings = Math.floor((now - this.halvedAt) / this.halfLifeMs);
    if (halvings <= 0) return;
    this.halvedAt += halvings * this.halfLifeMs;
    const factor = 0.5 ** halvings;
    this.total = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      // What is left of a single call after twenty halvings is nothing.
      const count = this.counts[bucket]! * factor;
      this.total += this.counts[bucket] = count < 1e-6 ? 0 : count;
    }
  }
}

function bucketOf(units: number): number {
  if (units < STEPS) return units;
  const doubling = 31 - STEP_BITS - Math.clz32(units);
  return (doubling + 1) * STEPS + ((units >>> doubling) & (STEPS - 1));
}

function upperEdgeMs(bucket: number): number {
  if (bucket < STEPS) return (bucket + 1) / UNITS_PER_MS;
  const doubling = Math.floor(bucket / STEPS) - 1;
  return ((STEPS + (bucket % STEPS) + 1) * 2 ** doubling) / UNITS_PER_MS;
}
