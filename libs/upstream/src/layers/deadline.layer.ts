import { NOT_WAITING, type TimerEntry, type TimerWheel, UpstreamError } from 'guichet/kernel';
import type { Attempt } from '../attempt.js';
import { type Layer, NOTHING_TO_CANCEL, type Step } from '../layer.js';
import { Passage } from '../passage.js';
import { isShareable } from '../shareable.js';
import type { StackParts } from '../stack-parts.js';
import type { CallHandle, CallSink } from '../upstream-call.js';
import { named } from '../upstream-request.js';

/** How much of the fastest answer's time must be left: less than half of it has no chance, whatever instance or call it is. */
const LEAST_SHARE = 0.5;
/** Milliseconds that must be left in any case: upstreams are told whole ones. */
const LEAST_MS = 1;

/**
 * Ends a call when its caller's time is up, and starts none that cannot finish. Inside of it every wait and attempt of an
 * unshared call ends by the same deadline. So a timer is needed here only by a call that may be shared, and outlive its caller, and by one
 * that may have to wait for somebody's token.
 */
export class DeadlineLayer implements Layer {
  readonly name = 'deadline';

  constructor(private readonly parts: StackParts) {}

  wrap(next: Step): Step {
    const { parts } = this;
    const { clock, wheel, latency, settings } = parts;
    return {
      start(attempt: Attempt, sink: CallSink<unknown>): CallHandle {
        const now = clock.now();
        attempt.calledAt = now;
        const leftMs = attempt.deadlineAt - now;
        // Written so that a deadline that is no number ends the call too.
        if (!(leftMs >= LEAST_MS && leftMs >= latency.fastestMs(now) * LEAST_SHARE)) {
          parts.events?.rejected(attempt, 'deadline-exceeded');
          sink.fail(expired(attempt, `not started, for only ${Math.max(0, Math.round(leftMs))} ms are left`));
          return NOTHING_TO_CANCEL;
        }
        const mayOutlive = settings.config.singleflight && isShareable(attempt.request);
        if (leftMs === Infinity || (!mayOutlive && attempt.request.identity === undefined)) {
          return next.start(attempt, sink);
        }
        return new DeadlinePassage(attempt, sink, wheel).go(next, leftMs, now);
      },
    };
  }
}

class DeadlinePassage extends Passage implements TimerEntry {
  timerDueAt = NOT_WAITING;
  timerNext: TimerEntry | null = null;
  timerPrevious: TimerEntry | null = null;

  constructor(
    attempt: Attempt,
    sink: CallSink<unknown>,
    private readonly wheel: TimerWheel,
  ) {
    super(attempt, sink);
  }

  go(next: Step, leftMs: number, now: number): this {
    this.wheel.schedule(this, leftMs, now);
    this.enter(next);
    return this;
  }

  onDue(): void {
    this.abandon(expired(this.attempt, 'no answer by the deadline'));
  }

  protected override left(): void {
    this.wheel.cancel(this);
  }
}

function expired(attempt: Attempt, message: string): UpstreamError {
  return new UpstreamError('deadline-exceeded', attempt.request.upstream, `${named(attempt.request)}: ${message}`, {
    instance: attempt.endpoint?.address,
  });
}
