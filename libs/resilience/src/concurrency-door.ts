/** How a {@link ConcurrencyDoor} tells overload from the usual. */
export interface ConcurrencyDoorOptions {
  /** How many may always be under way. */
  readonly minLimit: number;
  /** How many while nothing shows an overload. */
  readonly maxLimit: number;
  /** How many times the usual latency the present one may be, > 1. */
  readonly tolerance: number;
  /** Milliseconds below which no latency is too long, however short the usual one is. */
  readonly minLatencyMs: number;
  /** Milliseconds whose latencies are averaged before the limit moves. */
  readonly windowMs: number;
  /** Latencies a window has at least. */
  readonly minSamples: number;
}

/**
 * The tolerance leaves room below twice the usual at the 99th percentile. Two windows of a quarter of a second in a row are an
 * overload: met within a second. Ten pages under way are no burden to anybody, and what takes a tenth of a second feels instant
 * to whoever waits for it (Nielsen): a process that is busy is not yet one that has too much to do.
 * @see docs/layers/shedding.md
 */
export const CONCURRENCY_DOOR_DEFAULTS: ConcurrencyDoorOptions = Object.freeze({
  minLimit: 10,
  maxLimit: 10_000,
  tolerance: 1.3,
  minLatencyMs: 100,
  windowMs: 250,
  minSamples: 10,
});

/** Windows in a row that must be overloaded. */
const STREAK = 2;
/** The part of a window's pages that may be lost before that is an overload by itself. */
const DROP_RATIO = 0.1;
/** What an overload leaves of the limit at most, and at least, a window. */
const LEAST_LEFT = 0.6;
const LEFT_AFTER_DROPS = 0.8;
/** How fast the usual follows what is faster, slower within the tolerance, and slower than that; parts of the gap a window. */
const FOLLOWS_DOWN = 0.1;
const FOLLOWS_UP = 0.01;
const FOLLOWS_OVERLOAD = 0.0001;
/** Above the usual number under way there is always room for bursts, unless pages are lost. */
const BURST = 1.25;

/**
 * How many requests may be under way so that none of them waits for others to finish: all, until they take longer than they
 * usually do while more of them are under way than usually are; then as many as keep their usual time. Unlike the limit of an
 * upstream's calls it begins open, so that nobody is turned away for want of experience.
 * Pure: latencies in, a limit out.
 */
export class ConcurrencyDoor {
  private allowed: number;
  private usualMs = 0;
  private usualInFlight = 0;
  private windows = 0;
  private streak = 0;
  private endsAt = Number.NEGATIVE_INFINITY;
  private samples = 0;
  private sumMs = 0;
  private drops = 0;
  private maxInFlight = 0;

  constructor(private readonly options: ConcurrencyDoorOptions = CONCURRENCY_DOOR_DEFAULTS) {
    this.allowed = options.maxLimit;
  }

  /** How many may be under way now: an integer >= 1. */
  get limit(): number {
    return Math.max(1, Math.floor(this.allowed));
  }

  /**
   * A request was served.
   * @param latencyMs  milliseconds
   * @param inFlight   how many were under way as it ended, itself included
   * @param now        milliseconds
   */
  served(latencyMs: number, inFlight: number, now: number): void {
    this.sumMs += latencyMs;
    this.samples++;
    this.note(inFlight, now);
  }

  /**
   * A request was lost to want of time or places.
   * @param inFlight  how many were under way as it ended, itself included
   * @param now       milliseconds
   */
  dropped(inFlight: number, now: number): void {
    this.drops++;
    this.note(inFlight, now);
  }

  private note(inFlight: number, now: number): void {
    const { windowMs, minSamples } = this.options;
    if (this.samples + this.drops === 1) this.endsAt = now + windowMs;
    if (inFlight > this.maxInFlight) this.maxInFlight = inFlight;
    if (now >= this.endsAt && this.samples + this.drops >= minSamples) this.endWindow();
  }

  private endWindow(): void {
    const { samples, sumMs, drops, maxInFlight } = this;
    this.samples = this.sumMs = this.drops = this.maxInFlight = 0;
    const meanMs = samples > 0 ? sumMs / samples : 0;
    const hasDropped = drops > (samples + drops) * DROP_RATIO;
    const { tolerance, minLatencyMs } = this.options;
    const isSlow = this.windows > 0 && meanMs > Math.max(tolerance * this.usualMs, minLatencyMs);
    const isBinding = maxInFlight >= this.allowed * 0.9;
    this.remember(meanMs, maxInFlight, isSlow || hasDropped, isBinding);
    if (!isSlow && !hasDropped) {
      this.streak = 0;
      this.open(isBinding);
      return;
    }
    this.streak++;
    if (this.streak >= STREAK) this.shut(meanMs, maxInFlight, hasDropped);
  }

  private shut(meanMs: number, maxInFlight: number, hasDropped: boolean): void {
    const { minLimit, tolerance, minLatencyMs } = this.options;
    const bearableMs = Math.max(tolerance * this.usualMs, minLatencyMs);
    const gradient = meanMs > 0 ? Math.min(1, bearableMs / meanMs) : 1;
    // Half-way, for what is under way still has to go through.
    const left = Math.max(LEAST_LEFT, (1 + gradient) / 2);
    const reduced = Math.min(this.allowed, maxInFlight) * (hasDropped ? Math.min(left, LEFT_AFTER_DROPS) : left);
    const floor = hasDropped ? minLimit : Math.max(minLimit, this.usualInFlight * BURST);
    this.allowed = Math.min(this.allowed, Math.max(floor, reduced));
  }

  private open(isBinding: boolean): void {
    this.allowed = Math.min(this.options.maxLimit, isBinding ? this.allowed * 1.05 + 1 : this.allowed * 1.5 + 10);
  }

  private remember(meanMs: number, maxInFlight: number, isOverload: boolean, isBinding: boolean): void {
    if (meanMs === 0) return;
    this.windows++;
    const share = isOverload ? FOLLOWS_OVERLOAD : meanMs < this.usualMs ? FOLLOWS_DOWN : FOLLOWS_UP;
    this.usualMs += (meanMs - this.usualMs) * Math.max(share, isOverload ? 0 : 1 / this.windows);
    if (this.windows === 1) this.usualMs = meanMs;
    if (isOverload || isBinding) return;
    this.usualInFlight += (maxInFlight - this.usualInFlight) * Math.max(0.05, 1 / this.windows);
  }
}
