import { NOT_WAITING, type TimerEntry, type TimerWheel } from 'guichet/kernel';

/** Calls back once an upstream has been silent for too long. */
export class SilenceTimer implements TimerEntry {
  timerDueAt = NOT_WAITING;
  timerNext: TimerEntry | null = null;
  timerPrevious: TimerEntry | null = null;

  constructor(
    private readonly wheel: TimerWheel,
    private readonly timeoutMs: number,
    readonly onDue: () => void,
  ) {
    this.restart();
  }

  /** Something was heard. */
  restart(): void {
    this.wheel.schedule(this, this.timeoutMs);
  }

  end(): void {
    this.wheel.cancel(this);
  }
}
