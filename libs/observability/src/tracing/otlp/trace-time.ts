import type { HrTime } from '@opentelemetry/api';
import type { Clock } from 'guichet/kernel';

const SECOND_US = 1_000_000;

/** Turns instants of the kernel's clock into dates: by one reading of the system's clock, so that a trace's spans keep their distances. */
export class TraceTime {
  private readonly offsetMs: number;

  constructor(clock: Clock) {
    this.offsetMs = clock.epochMs() - clock.now();
  }

  /** @returns whole microseconds since 1970: as exact as a double is there */
  microseconds(instantMs: number): number {
    return Math.round((this.offsetMs + instantMs) * 1_000);
  }

  /** @returns seconds since 1970, and nanoseconds beyond them */
  hrTime(instantMs: number): HrTime {
    const microseconds = this.microseconds(instantMs);
    const seconds = Math.floor(microseconds / SECOND_US);
    return [seconds, (microseconds - seconds * SECOND_US) * 1_000];
  }
}
