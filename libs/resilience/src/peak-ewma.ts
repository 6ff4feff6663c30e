/** How many times the upstream's median a failure costs at least. */
const FAILURE_MEDIANS = 10;
/** What a failure costs at least while no median is known, in milliseconds: an upstream's default timeout. */
const UNKNOWN_FAILURE_MS = 1_000;

/**
 * How long one instance takes to answer: a moving average that believes what is worse at once and what is better slowly.
 * One that nothing is heard of, because it was slow, is unknown again after a while: it is tried, and believed.
 * @see docs/decisions/0013-latency-that-decides.md
 */
export class PeakEwma {
  private averageMs = 0;
  private at = 0;
  private known = false;

  /**
   * @param decayMs    milliseconds after which what was heard counts 1/e, > 0
   * @param silenceMs  milliseconds after which what was heard is out of date: the next latency replaces it
   */
  constructor(
    private readonly decayMs = 10_000,
    private readonly silenceMs = 5_000,
  ) {}

  /**
   * @param now  milliseconds
   * @returns whether anything was heard of late: if not, one call is worth finding out
   */
  isKnown(now: number): boolean {
    return this.known && now - this.at <= this.silenceMs;
  }

  /**
   * An answer.
   * @param latencyMs  milliseconds, >= 0
   * @param now        milliseconds, never less than before
   */
  observe(latencyMs: number, now: number): void {
    // Quantities that are no numbers would stay in an average for ever.
    if (!(latencyMs >= 0)) return;
    const share = this.isKnown(now) ? Math.exp((this.at - now) / this.decayMs) : 0;
    this.averageMs = latencyMs > this.averageMs * share ? latencyMs : this.averageMs * share + latencyMs * (1 - share);
    this.at = now;
    this.known = true;
  }

  /**
   * A failure: never taken as fast, or an instance that fails in a millisecond would draw all traffic.
   * @param elapsedMs  milliseconds it took to fail
   * @param medianMs   milliseconds, the upstream's median latency; undefined while unknown
   * @param now        milliseconds
   */
  observeFailure(elapsedMs: number, medianMs: number | undefined, now: number): void {
    this.observe(Math.max(elapsedMs, medianMs === undefined ? UNKNOWN_FAILURE_MS : FAILURE_MEDIANS * medianMs), now);
  }

  /**
   * A timeout, or a hedge's loser that was cancelled: it would have taken at least that long. Less than what is believed
   * says nothing.
   * @param elapsedMs  milliseconds
   * @param now        milliseconds
   */
  observeAtLeast(elapsedMs: number, now: number): void {
    if (elapsedMs > this.latencyMs(now)) this.observe(elapsedMs, now);
  }

  /**
   * @param now  milliseconds
   * @returns milliseconds, fading while nothing is heard; 0 while nothing was
   */
  latencyMs(now: number): number {
    return this.averageMs * Math.exp((this.at - now) / this.decayMs);
  }

  /**
   * Starts over, for an instance that comes back: what it was like before says nothing.
   * @param latencyMs  milliseconds it is believed to take, say the upstream's median; undefined for unknown
   * @param now        milliseconds
   */
  reset(latencyMs: number | undefined, now: number): void {
    this.averageMs = latencyMs ?? 0;
    this.at = now;
    this.known = latencyMs !== undefined;
  }
}
