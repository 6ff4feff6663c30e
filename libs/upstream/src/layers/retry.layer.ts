import { NOT_WAITING, type TimerEntry, UpstreamError } from 'guichet/kernel';
import { NO_RETRY, retryDelayMs } from 'guichet/resilience';
import type { Attempt } from '../attempt.js';
import type { Layer, Step } from '../layer.js';
import { Passage } from '../passage.js';
import type { StackParts } from '../stack-parts.js';
import type { CallHandle, CallSink } from '../upstream-call.js';

/**
 * Tries a call again on another instance, where that is harmless and may help: what changes nothing and what has an idempotency
 * key, that was refused, lost before an answer began, timed out, or answered by 502, 503 or 504 (or what means the same in its protocol). After a random wait, not
 * before `Retry-After`, never past the deadline, as often as `maxRetries` says and the upstream's budget has room for.
 * A call that is itself somebody's retry is not tried again here: that caller does.
 * @see docs/decisions/0020-one-budget-along-a-chain.md
 */
export class RetryLayer implements Layer {
  readonly name = 'retry';

  constructor(private readonly parts: StackParts) {}

  wrap(next: Step): Step {
    const { parts } = this;
    return {
      start(attempt: Attempt, sink: CallSink<unknown>): CallHandle {
        const { request } = attempt;
        // What waited for a place was called a little earlier; the budget's window does not care.
        const now = attempt.calledAt;
        if (!request.isRepeatable) request.context.request.hasWritten = true;
        if (request.context.request.isRepetition) {
          parts.retryBudget.spent(now);
          return next.start(attempt, sink);
        }
        // One that follows on another subset is no call of its own.
        if (attempt.number === 1) parts.retryBudget.called(now);
        if (request.maxRetries === 0 || !request.isRepeatable) return next.start(attempt, sink);
        return new RetryPassage(attempt, sink, next, parts).tryOnce(attempt);
      },
    };
  }
}

class RetryPassage extends Passage implements TimerEntry {
  timerDueAt = NOT_WAITING;
  timerNext: TimerEntry | null = null;
  timerPrevious: TimerEntry | null = null;
  private failures = 0;
  private failure: unknown = undefined;

  constructor(
    private latest: Attempt,
    sink: CallSink<unknown>,
    private readonly next: Step,
    private readonly parts: StackParts,
  ) {
    super(latest, sink);
  }

  tryOnce(attempt: Attempt): this {
    this.latest = attempt;
    this.enter(this.next, attempt);
    return this;
  }

  /** The wait is over. */
  onDue(): void {
    this.tryOnce(this.latest.another('retry'));
  }

  protected override recovered(error: unknown): boolean {
    // What kept the retry from being made says less than why there was one.
    if (this.failures > 0 && isUnsent(error)) {
      this.abandon(this.failure);
      return true;
    }
    const { latest, parts } = this;
    const { request } = latest;
    if (this.failures >= request.maxRetries || !mayHelp(error, latest)) return false;
    const now = parts.clock.now();
    if (!(latest.subset ?? parts.endpoints).hasOther(latest.endpoint, now)) return false;
    const attemptMs = parts.latency.medianMs(now) ?? 0;
    const leftMs = latest.deadlineAt - now;
    const delayMs = retryDelayMs(this.failures + 1, leftMs, attemptMs, error.retryAfterMs, parts.random());
    if (delayMs === NO_RETRY) return false;
    if (!parts.retryBudget.claim(now)) {
      parts.events?.retryRefused(latest);
      return false;
    }
    this.failures++;
    this.failure = error;
    parts.events?.retried(latest, error, delayMs);
    parts.wheel.schedule(this, delayMs);
    return true;
  }

  protected override left(): void {
    this.parts.wheel.cancel(this);
  }
}

function mayHelp(error: unknown, attempt: Attempt): error is UpstreamError {
  if (!(error instanceof UpstreamError) || attempt.isPartial) return false;
  switch (error.code) {
    case 'upstream-refused':
    case 'upstream-timeout':
      return true;
    case 'upstream-reset':
      return !attempt.isAnswered;
    case 'upstream-status':
      return error.status === 502 || error.status === 503 || error.status === 504;
    default:
      return false;
  }
}

function isUnsent(error: unknown): boolean {
  return error instanceof UpstreamError && (error.code === 'circuit-open' || error.code === 'no-instances');
}
