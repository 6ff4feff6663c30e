import type { Clock } from 'guichet/kernel';

const SECOND_US = 1_000_000;

/** `000` to `999`: putting them together is cheaper than writing a number of sixteen digits. */
const THREE_DIGITS = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, '0'));
let second = 0;
let secondText = '0';

/** Turns instants of the kernel's clock into dates: by one reading of the system's clock, so that a trace's spans keep their distances. */
export class TraceTime {
  private readonly offsetMs: number;

  constructor(clock: Clock) {
    this.offsetMs = clock.epochMs() - clock.now();
  }

  /** @returns nanoseconds since 1970, in decimal digits: to the microsecond, which is as exact as a double is there */
  nanoseconds(instantMs: number): string {
    const microseconds = Math.round((this.offsetMs + instantMs) * 1_000);
    const seconds = Math.floor(microseconds / SECOND_US);
    if (seconds !== second) {
      second = seconds;
      secondText = String(seconds);
    }
    const rest = microseconds - seconds * SECOND_US;
    const milliseconds = Math.floor(rest / 1_000);
    return `${secondText}${THREE_DIGITS[milliseconds]}${THREE_DIGITS[rest - milliseconds * 1_000]}000`;
  }
}
