import { durationOf, type Execution } from './execution.js';

/** Milliseconds for which a slow execution is remembered, so that the boot's first ones do not stand there for ever. */
const FORGET_AFTER_MS = 900_000;

/** The slowest executions of one page of late. */
export class Slowest {
  private kept: readonly Execution[] = [];
  /** Milliseconds that an execution must have taken to be among them. */
  private least = 0;

  /** @param capacity  >= 1 */
  constructor(private readonly capacity: number) {}

  add(execution: Execution): void {
    const oldest = this.kept[0];
    if (oldest !== undefined && execution.endedAt - oldest.endedAt > FORGET_AFTER_MS) this.forget(execution.endedAt);
    if (this.kept.length >= this.capacity && durationOf(execution) <= this.least) return;
    const others = this.kept.length < this.capacity ? this.kept : this.without(this.fastest());
    this.kept = [...others, execution];
    this.least = Math.min(...this.kept.map(durationOf));
  }

  /** @returns all that are kept, the oldest first */
  get items(): readonly Execution[] {
    return this.kept;
  }

  private forget(now: number): void {
    this.kept = this.kept.filter(({ endedAt }) => now - endedAt <= FORGET_AFTER_MS);
    this.least = Math.min(...this.kept.map(durationOf));
  }

  private fastest(): Execution {
    return this.kept.reduce((least, one) => (durationOf(one) < durationOf(least) ? one : least));
  }

  private without(one: Execution): readonly Execution[] {
    return this.kept.filter(other => other !== one);
  }
}
