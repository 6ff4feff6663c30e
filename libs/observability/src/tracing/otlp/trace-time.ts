import type { HrTime } from '@opentelemetry/api';
import type { Clock } from 'guichet/kernel';

const SECOND_MS = 1_000;
const MS_NS = 1_000_000;
const SECOND_NS = 1_000_000_000;

/** Turns instants of the kernel's clock into dates: by one reading of the system's clock, so that a trace's spans keep their distances. */
export class TraceTime {
  private readonly offsetMs: number;

  constructor(clock: Clock) {
    this.offsetMs = clock.epochMs() - clock.now();
  }

  /** @returns seconds since 1970, and nanoseconds beyond them */
  at(instantMs: number): HrTime {
    const epochMs = this.offsetMs + instantMs;
    const seconds = Math.floor(epochMs / SECOND_MS);
    const nanoseconds = Math.round((epochMs - seconds * SECOND_MS) * MS_NS);
    return nanoseconds < SECOND_NS ? [seconds, nanoseconds] : [seconds + 1, 0];
  }
}
