/**
 * How often something happened in the last while: a ring of buckets, of which the current one is still filling. It spans
 * between `buckets - 1` and `buckets` times a bucket's length. Memory is fixed, counting allocates nothing.
 */
export class SlidingCount {
  private readonly counts: Float64Array;
  private readonly bucketMs: number;
  private sum = 0;
  /** The number of the bucket that is filling, counted from instant 0. */
  private current = Number.NEGATIVE_INFINITY;

  /**
   * @param windowMs  milliseconds all buckets span, > 0
   * @param buckets   an integer >= 1
   */
  constructor(windowMs = 10_000, buckets = 10) {
    this.bucketMs = windowMs / buckets;
    this.counts = new Float64Array(buckets);
  }

  /** @param now  milliseconds, never less than before */
  add(now: number, count = 1): void {
    this.advance(now);
    this.counts[this.slot(this.current)]! += count;
    this.sum += count;
  }

  /**
   * @param now  milliseconds, never less than before
   * @returns what was counted within the window
   */
  total(now: number): number {
    this.advance(now);
    return this.sum;
  }

  /** Forgets everything. */
  clear(): void {
    this.counts.fill(0);
    this.sum = 0;
  }

  private advance(now: number): void {
    const bucket = Math.floor(now / this.bucketMs);
    if (bucket <= this.current) return;
    if (bucket - this.current >= this.counts.length) this.clear();
    else for (let passed = this.current + 1; passed <= bucket; passed++) this.empty(this.slot(passed));
    this.current = bucket;
  }

  private empty(slot: number): void {
    this.sum -= this.counts[slot]!;
    this.counts[slot] = 0;
  }

  private slot(bucket: number): number {
    const { length } = this.counts;
    return ((bucket % length) + length) % length;
  }
}
