import type { Clock, ErrorCode } from 'guichet/kernel';
import type { ConcurrencyDoor } from 'guichet/resilience';
import type { Door } from './door.js';
import type { Priority } from './priority.js';

/** The failures that tell of too much to do. */
const LOST: ReadonlySet<ErrorCode> = new Set(['upstream-timeout', 'deadline-exceeded', 'bulkhead-full'] as const);

/** One page's part of the {@link Door}: a page whose upstream cannot do more is turned away without the others. */
export class PageGate {
  /** How many are under way. */
  inFlight = 0;
  /** How many were turned away, ever. */
  shedCount = 0;

  constructor(
    readonly page: string,
    readonly priority: Priority,
    private readonly door: Door,
    private readonly own: ConcurrencyDoor,
    private readonly clock: Clock,
  ) {}

  /** How many may be under way now. */
  get limit(): number {
    return this.own.limit;
  }

  /** Lets one in, or not. Who is let in leaves once. */
  enter(): boolean {
    if (this.inFlight >= this.own.limit || !this.door.admits(this.priority)) {
      this.shedCount++;
      return false;
    }
    this.inFlight++;
    this.door.inFlight++;
    return true;
  }

  /** One leaves, served or not. */
  leave(): void {
    this.inFlight--;
    this.door.inFlight--;
  }

  /**
   * One that has not left yet was served.
   * @param latencyMs  milliseconds since it was let in
   * @param now        milliseconds
   */
  served(latencyMs: number, now: number): void {
    this.own.served(latencyMs, this.inFlight, now);
  }

  /** One that has not left yet failed. A failure for another reason than too much to do says nothing. */
  failed(code: ErrorCode): void {
    if (LOST.has(code)) this.own.dropped(this.inFlight, this.clock.now());
  }
}
