import { Clock, type TimerHandle } from 'guichet/kernel';

interface ManualTimer {
  readonly dueAt: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is told to move. Timers fire in order while it moves. */
export class ManualClock extends Clock {
  private readonly timers: ManualTimer[] = [];

  /**
   * @param instant  where `now()` starts, milliseconds
   * @param epoch    what `epochMs()` is at that instant, milliseconds
   */
  constructor(
    private instant = 0,
    private readonly epoch = Date.UTC(2026, 0, 1),
  ) {
    super();
  }

  override now(): number {
    return this.instant;
  }

  override epochMs(): number {
    return this.epoch + this.instant;
  }

  override setTimer(callback: () => void, delayMs: number): TimerHandle {
    const timer = { dueAt: this.instant + delayMs, callback };
    const later = this.timers.findIndex(other => other.dueAt > timer.dueAt);
    this.timers.splice(later === -1 ? this.timers.length : later, 0, timer);
    return { clear: () => void (this.timers.includes(timer) && this.timers.splice(this.timers.indexOf(timer), 1)) };
  }

  /** Moves on by some milliseconds and fires, in order, what is due on the way. */
  advance(ms: number): void {
    const target = this.instant + ms;
    for (let next = this.timers[0]; next && next.dueAt <= target; next = this.timers[0]) {
      this.timers.shift();
      this.instant = next.dueAt;
      next.callback();
    }
    this.instant = target;
  }
}
