import type { OnApplicationShutdown } from '@nestjs/common';
import { type Clock, systemClock, type TimerHandle } from 'guichet/kernel';
import { CONCURRENCY_DOOR_DEFAULTS, ConcurrencyDoor } from 'guichet/resilience';
import type { EventLoopDelay } from './event-loop-delay.js';
import { PageGate } from './page-gate.js';
import { PLACES, PRIORITIES, type Priority } from './priority.js';
import type { SheddingOptions } from './shedding.options.js';

/** Milliseconds between two looks at the event loop. */
const LOOK_MS = 250;
/** What a look that finds the loop late leaves of the places. */
const LEFT_WHEN_LATE = 0.8;

/**
 * The app's door: how many pages may be under way in this process, all together, so that its event loop keeps up. Every page has
 * its own {@link PageGate} in it. Also the injection token.
 * @see docs/layers/shedding.md
 */
export class Door implements OnApplicationShutdown {
  /** Every page's gate. */
  readonly gates: PageGate[] = [];
  /** How many pages are under way. */
  inFlight = 0;
  private allowed: number;
  private readonly places: Record<Priority, number>;
  private timer: TimerHandle | undefined;

  constructor(
    private readonly options: SheddingOptions,
    private readonly delay: EventLoopDelay,
    private readonly clock: Clock = systemClock,
  ) {
    this.allowed = options.maxConcurrent;
    this.places = { high: 0, normal: 0, low: 0 };
    this.place();
    this.look();
  }

  /** How many pages may be under way now, those of high priority included. */
  get limit(): number {
    return this.places.high;
  }

  /** Makes a page's gate, or none where nothing is ever turned away. */
  gate(page: string, priority: Priority): PageGate | undefined {
    if (!this.options.isOn) return undefined;
    const { minConcurrent: minLimit, maxConcurrent: maxLimit, tolerance, minLatencyMs } = this.options;
    const limit = new ConcurrencyDoor({ ...CONCURRENCY_DOOR_DEFAULTS, minLimit, maxLimit, tolerance, minLatencyMs });
    const gate = new PageGate(page, priority, this, limit, this.clock);
    this.gates.push(gate);
    return gate;
  }

  /** @returns whether there is a place for one more of this priority */
  admits(priority: Priority): boolean {
    return this.inFlight < this.places[priority];
  }

  /** Ends its looking. Safe to call twice. */
  onApplicationShutdown(): void {
    this.timer?.clear();
    this.delay.close();
  }

  private look(): void {
    const isLate = this.delay.takeMs() > this.options.maxEventLoopDelayMs;
    const { minConcurrentOfAll, maxConcurrent } = this.options;
    this.allowed = isLate
      ? Math.max(minConcurrentOfAll, Math.min(this.allowed, this.inFlight) * LEFT_WHEN_LATE)
      : Math.min(maxConcurrent, this.allowed * 1.1 + 10);
    this.place();
    this.timer = this.clock.setTimer(() => this.look(), LOOK_MS);
  }

  private place(): void {
    for (const priority of PRIORITIES) this.places[priority] = Math.max(1, Math.floor(this.allowed * PLACES[priority]));
  }
}
