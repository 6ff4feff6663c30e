import { type Clock, NOT_WAITING, type TimerEntry, type TimerWheel, UpstreamError } from 'guichet/kernel';
import type { Attempt } from '../attempt.js';
import { type Layer, NOTHING_TO_CANCEL, type Step } from '../layer.js';
import { Passage } from '../passage.js';
import type { CallHandle, CallSink } from '../upstream-call.js';
import { named } from '../upstream-request.js';

/**
 * Bounds one attempt, from connecting to the body's last byte, by the smaller of its own timeout and what is left of
 * section and page. An attempt that had its full timeout fails as `upstream-timeout`; one that was cut short, or that
 * could not begin any more, as `deadline-exceeded`. One without a timeout (Infinity) is bounded by its transport, which knows its parts.
 */
export class AttemptTimeoutLayer implements Layer {
  readonly name = 'attempt-timeout';

  constructor(
    private readonly wheel: TimerWheel,
    private readonly clock: Clock,
  ) {}

  wrap(next: Step): Step {
    const { wheel, clock } = this;
    return {
      start(attempt: Attempt, sink: CallSink<unknown>): CallHandle {
        const { timeoutMs } = attempt.request;
        const now = clock.now();
        const leftMs = attempt.deadlineAt - now;
        // Written so that a deadline that is no number ends the call too.
        if (!(leftMs > 0)) {
          sink.fail(expired(attempt, 'deadline-exceeded', 'the deadline was over before the attempt began'));
          return NOTHING_TO_CANCEL;
        }
        attempt.allowedMs = Math.min(timeoutMs, leftMs);
        if (attempt.allowedMs === Infinity) return next.start(attempt, sink);
        return new TimedPassage(attempt, sink, wheel).go(next, now);
      },
    };
  }
}

class TimedPassage extends Passage implements TimerEntry {
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

  go(next: Step, now: number): this {
    this.wheel.schedule(this, this.attempt.allowedMs, now);
    this.enter(next);
    return this;
  }

  onDue(): void {
    const { request, allowedMs } = this.attempt;
    this.abandon(
      allowedMs >= request.timeoutMs
        ? expired(this.attempt, 'upstream-timeout', `took longer than ${request.timeoutMs} ms`)
        : expired(this.attempt, 'deadline-exceeded', `was cut short by the deadline after ${Math.round(allowedMs)} ms`),
    );
  }

  protected override left(): void {
    this.wheel.cancel(this);
  }
}

function expired(attempt: Attempt, code: 'upstream-timeout' | 'deadline-exceeded', message: string): UpstreamError {
  return new UpstreamError(code, attempt.request.upstream, `${named(attempt.request)}: ${message}`, {
    instance: attempt.endpoint?.address,
  });
}
