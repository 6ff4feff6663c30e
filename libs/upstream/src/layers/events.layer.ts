import type { Clock } from 'guichet/kernel';
import type { Attempt } from '../attempt.js';
import type { Layer, Step } from '../layer.js';
import { type Outcome, Passage } from '../passage.js';
import type { CallHandle, CallSink } from '../upstream-call.js';
import type { UpstreamEvents } from '../upstream-events.js';

/** Tells {@link UpstreamEvents} of every attempt. Stands inside the instance pick, so that the instance is known. */
export class EventsLayer implements Layer {
  readonly name = 'events';

  constructor(
    private readonly events: UpstreamEvents,
    private readonly clock: Clock,
  ) {}

  wrap(next: Step): Step {
    const { events, clock } = this;
    return {
      start(attempt: Attempt, sink: CallSink<unknown>): CallHandle {
        events.attemptStarted(attempt);
        return new WatchedPassage(attempt, sink, events, clock).go(next);
      },
    };
  }
}

class WatchedPassage extends Passage {
  private readonly startedAt: number;

  constructor(
    attempt: Attempt,
    sink: CallSink<unknown>,
    private readonly events: UpstreamEvents,
    private readonly clock: Clock,
  ) {
    super(attempt, sink);
    this.startedAt = clock.now();
  }

  go(next: Step): this {
    this.enter(next);
    return this;
  }

  protected override left(outcome: Outcome, error: unknown): void {
    const elapsedMs = this.attempt.elapsedMs(this.startedAt, this.clock.now());
    this.events.attemptEnded(this.attempt, outcome, elapsedMs, error);
  }
}
