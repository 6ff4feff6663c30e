/** A timer that was set and can be taken back. */
export interface TimerHandle {
  /** Takes the timer back; does nothing once it has fired. */
  clear(): void;
}

/**
 * Time as an argument: the only place where the framework reads a clock or sets a timer, so that tests can move it.
 * Also the injection token. `guichet/testing` has a `ManualClock`.
 */
export abstract class Clock {
  /** @returns milliseconds since an arbitrary start, fractional, never going back: for durations and deadlines */
  abstract now(): number;
  /** @returns milliseconds since 1970-01-01 UTC, as the system believes: for dates that people or other machines read */
  abstract epochMs(): number;
  /**
   * Runs a callback once, later. Does not keep the process alive.
   * @param delayMs  milliseconds, >= 0
   */
  abstract setTimer(callback: () => void, delayMs: number): TimerHandle;
}

class SystemClock extends Clock {
  override now(): number {
    return performance.now();
  }

  override epochMs(): number {
    return Date.now();
  }

  override setTimer(callback: () => void, delayMs: number): TimerHandle {
    const timer = setTimeout(callback, delayMs).unref();
    return { clear: () => clearTimeout(timer) };
  }
}

/** The machine's own clock: monotonic `performance.now()`, `Date.now()` for dates. */
export const systemClock: Clock = new SystemClock();
