/** How often a query may be made. */
export interface Pace {
  /** Milliseconds between two queries, always: what changes within them comes in one answer. */
  readonly minGapMs: number;
  /** Milliseconds between two queries in the long run. */
  readonly sustainedGapMs: number;
  /** How many queries may be made faster than that after a calm; as many come back, one every `sustainedGapMs`. */
  readonly burst: number;
}

/**
 * Bounds what changes can cost: the first of them are followed at once, so that a new instance gets its traffic within
 * milliseconds; a service that flaps without end costs one query every `sustainedGapMs`. A token bucket, kept as the
 * instant at which it will be full again.
 */
export class QueryPace {
  private fullAt = -Infinity;
  private lastAt = -Infinity;

  constructor(private readonly pace: Pace) {}

  /**
   * Books the next query.
   * @param now  milliseconds on the kernel's clock
   * @returns milliseconds to wait before it is made, >= 0
   */
  next(now: number): number {
    const { minGapMs, sustainedGapMs, burst } = this.pace;
    const earliestByRate = this.fullAt - (burst - 1) * sustainedGapMs;
    const at = Math.max(now, this.lastAt + minGapMs, earliestByRate);
    this.fullAt = Math.max(this.fullAt, at) + sustainedGapMs;
    this.lastAt = at;
    return at - now;
  }
}
