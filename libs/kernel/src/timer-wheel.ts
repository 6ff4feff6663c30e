import { type Clock, systemClock } from './clock.js';

/**
 * Something that can wait in a {@link TimerWheel}. The wheel keeps its links on the entry itself, so that waiting
 * allocates nothing; an entry waits in one wheel at a time. Initialise the fields with {@link NOT_WAITING}, `null`, `null`.
 */
export interface TimerEntry {
  /** Called once when the delay is over. */
  onDue(): void;
  /** The wheel's own: the instant in milliseconds on the wheel's clock, or {@link NOT_WAITING}. */
  timerDueAt: number;
  /** The wheel's own. */
  timerNext: TimerEntry | null;
  /** The wheel's own. */
  timerPrevious: TimerEntry | null;
}

/** The `timerDueAt` of an entry that waits in no wheel. */
export const NOT_WAITING = -1;

class Slot implements TimerEntry {
  timerDueAt = NOT_WAITING;
  timerNext: TimerEntry | null = this;
  timerPrevious: TimerEntry | null = this;
  onDue(): void {}
}

/**
 * Many timeouts for the price of one timer: scheduling and cancelling are O(1) and allocate nothing.
 * An entry is never due early and at most about one `resolutionMs` late.
 * @see docs/decisions/0003-timer-wheel.md
 */
export class TimerWheel {
  private readonly slots: Slot[];
  private readonly due = new Slot();
  private cursor: number;
  private waiting = 0;
  private ticking = false;

  /**
   * @param clock         where time comes from
   * @param resolutionMs  milliseconds a slot spans, > 0
   * @param slotCount     slots of one turn; longer delays wait several turns
   */
  constructor(
    private readonly clock: Clock = systemClock,
    private readonly resolutionMs = 4,
    slotCount = 1024,
  ) {
    this.slots = Array.from({ length: slotCount }, () => new Slot());
    this.cursor = this.slotNumber(clock.now());
  }

  /** @returns how many entries wait now */
  get size(): number {
    return this.waiting;
  }

  /**
   * Lets an entry wait. An entry that already waits is moved.
   * @param delayMs  milliseconds; a delay that is over (<= 0) is due at the next tick
   * @param now      the clock's instant, where the caller has just read it: reading is half of what this costs
   */
  schedule(entry: TimerEntry, delayMs: number, now = this.clock.now()): void {
    if (entry.timerDueAt !== NOT_WAITING) this.cancel(entry);
    if (this.waiting === 0) this.cursor = this.slotNumber(now);
    entry.timerDueAt = now + (delayMs > 0 ? delayMs : 0);
    // One slot on, so that the whole slot is in the past when it is emptied; a due time at the cursor would wait a turn.
    this.append(this.slots[(this.slotNumber(entry.timerDueAt) + 1) % this.slots.length]!, entry);
    this.waiting++;
    if (!this.ticking) this.arm();
  }

  /** Takes an entry out; does nothing when it does not wait. */
  cancel(entry: TimerEntry): void {
    if (entry.timerDueAt === NOT_WAITING) return;
    this.unlink(entry);
    this.waiting--;
  }

  private arm(): void {
    this.ticking = true;
    this.clock.setTimer(() => this.tick(), this.resolutionMs);
  }

  private tick(): void {
    const now = this.clock.now();
    const last = this.slotNumber(now);
    const steps = Math.min(last - this.cursor, this.slots.length);
    for (let step = 1; step <= steps; step++) this.collect(this.slots[(this.cursor + step) % this.slots.length]!, now);
    this.cursor = last;
    // Fired from a list of their own: an entry's callback may cancel or schedule any other.
    try {
      while (this.due.timerNext !== this.due) {
        const entry = this.due.timerNext!;
        this.cancel(entry);
        entry.onDue();
      }
    } finally {
      if (this.waiting > 0) this.arm();
      else this.ticking = false;
    }
  }

  private collect(slot: Slot, now: number): void {
    let entry = slot.timerNext!;
    while (entry !== slot) {
      const next = entry.timerNext!;
      if (entry.timerDueAt <= now) {
        const dueAt = entry.timerDueAt;
        this.unlink(entry);
        entry.timerDueAt = dueAt;
        this.append(this.due, entry);
      }
      entry = next;
    }
  }

  private slotNumber(instant: number): number {
    return Math.floor(instant / this.resolutionMs);
  }

  private append(list: Slot, entry: TimerEntry): void {
    entry.timerPrevious = list.timerPrevious;
    entry.timerNext = list;
    list.timerPrevious!.timerNext = entry;
    list.timerPrevious = entry;
  }

  private unlink(entry: TimerEntry): void {
    entry.timerPrevious!.timerNext = entry.timerNext;
    entry.timerNext!.timerPrevious = entry.timerPrevious;
    entry.timerNext = entry.timerPrevious = null;
    entry.timerDueAt = NOT_WAITING;
  }
}
