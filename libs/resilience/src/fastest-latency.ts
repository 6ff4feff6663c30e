/** Milliseconds of one window; what is told speaks for the present one and the one before. */
const WINDOW_MS = 5_000;
/** Answers it takes to say anything: the fastest of twenty is about the fastest twentieth. */
const MIN_SAMPLES = 20;

/**
 * How fast the fastest answer of the last five to ten seconds was: what takes less need not be started. Forgets quickly, so
 * that it never keeps calls away from something that has become faster; fixed memory.
 */
export class FastestLatency {
  private window = Number.NEGATIVE_INFINITY;
  private leastMs = Number.POSITIVE_INFINITY;
  private samples = 0;
  private previousMs = Number.POSITIVE_INFINITY;
  private previousSamples = 0;

  /**
   * @param latencyMs  milliseconds, >= 0
   * @param now        milliseconds, never less than before
   */
  observe(latencyMs: number, now: number): void {
    this.advance(now);
    if (latencyMs < this.leastMs) this.leastMs = latencyMs;
    this.samples++;
  }

  /**
   * @param now  milliseconds, never less than before
   * @returns milliseconds; 0 while too little is known
   */
  ms(now: number): number {
    this.advance(now);
    if (this.samples + this.previousSamples < MIN_SAMPLES) return 0;
    return Math.min(this.leastMs, this.previousMs);
  }

  private advance(now: number): void {
    const window = Math.floor(now / WINDOW_MS);
    if (window <= this.window) return;
    const isNext = window === this.window + 1;
    this.previousMs = isNext ? this.leastMs : Number.POSITIVE_INFINITY;
    this.previousSamples = isNext ? this.samples : 0;
    this.leastMs = Number.POSITIVE_INFINITY;
    this.samples = 0;
    this.window = window;
  }
}
