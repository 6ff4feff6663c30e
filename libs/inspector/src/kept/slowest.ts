/** Milliseconds for which something slow is remembered, so that the boot's first ones do not stand there for ever. */
const FORGET_AFTER_MS = 900_000;

/** The slowest of something of late: of one page's executions, of one route's exchanges. */
export class Slowest<T extends { readonly endedAt: number }> {
  private kept: readonly T[] = [];
  /** Milliseconds that one must have taken to be among them. */
  private least = 0;

  /**
   * @param capacity  >= 1
   * @param msOf      how long one took, milliseconds
   */
  constructor(
    private readonly capacity: number,
    private readonly msOf: (item: T) => number,
  ) {}

  add(item: T): void {
    const oldest = this.kept[0];
    if (oldest !== undefined && item.endedAt - oldest.endedAt > FORGET_AFTER_MS) this.forget(item.endedAt);
    if (this.kept.length >= this.capacity && this.msOf(item) <= this.least) return;
    const others = this.kept.length < this.capacity ? this.kept : this.without(this.fastest());
    this.kept = [...others, item];
    this.least = this.leastOf();
  }

  /** @returns all that are kept, the oldest first */
  get items(): readonly T[] {
    return this.kept;
  }

  private forget(now: number): void {
    this.kept = this.kept.filter(({ endedAt }) => now - endedAt <= FORGET_AFTER_MS);
    this.least = this.leastOf();
  }

  private leastOf(): number {
    return Math.min(...this.kept.map(this.msOf));
  }

  private fastest(): T {
    return this.kept.reduce((least, one) => (this.msOf(one) < this.msOf(least) ? one : least));
  }

  private without(one: T): readonly T[] {
    return this.kept.filter(other => other !== one);
  }
}
