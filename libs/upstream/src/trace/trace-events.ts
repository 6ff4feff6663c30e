import { AttemptTrace, type Clock, type TraceCode, UpstreamError } from 'guichet/kernel';
import type { BreakerState, HealthState } from 'guichet/resilience';
import type { Attempt } from '../attempt.js';
import type { Endpoint } from '../endpoint.js';
import type { Outcome } from '../passage.js';
import { type Departure, type Rejection, UpstreamEvents } from '../upstream-events.js';

/** Writes down what becomes of traced calls, and passes everything on. Of calls that nobody traces it writes nothing. */
export class TraceEvents extends UpstreamEvents {
  /** @param next  who listens beside */
  constructor(
    private readonly clock: Clock,
    private readonly next: UpstreamEvents | undefined,
  ) {
    super();
  }

  attemptStarted(attempt: Attempt): void {
    const { callTrace, request } = attempt;
    if (callTrace !== undefined) {
      const { sampled } = request.context.request;
      const spanId = sampled?.newSpanId();
      if (sampled !== undefined) attempt.traceparent = `00-${sampled.traceId}-${spanId}-01`;
      const { number, kind, endpoint } = attempt;
      attempt.trace = new AttemptTrace(number, kind, endpoint!.address, this.clock.now(), spanId);
      callTrace.attempts.push(attempt.trace);
    }
    this.next?.attemptStarted(attempt);
  }

  attemptEnded(attempt: Attempt, outcome: Outcome, elapsedMs: number, error: unknown): void {
    const { trace, status, bytes } = attempt;
    if (trace !== undefined) {
      // Of an answer that is handed on `elapsedMs` is the head's.
      const endedAt = trace.headAt === undefined ? trace.startedAt + elapsedMs : this.clock.now();
      trace.end(endedAt, outcome, codeOf(outcome, error), status, bytes);
    }
    this.next?.attemptEnded(attempt, outcome, elapsedMs, error);
  }

  override retried(attempt: Attempt, error: unknown, delayMs: number): void {
    this.next?.retried(attempt, error, delayMs);
  }

  override retryRefused(attempt: Attempt): void {
    if (attempt.callTrace !== undefined) attempt.callTrace.isRetryRefused = true;
    this.next?.retryRefused(attempt);
  }

  override hedged(attempt: Attempt): void {
    this.next?.hedged(attempt);
  }

  override shared(attempt: Attempt): void {
    if (attempt.callTrace !== undefined) attempt.callTrace.isShared = true;
    this.next?.shared(attempt);
  }

  override queued(attempt: Attempt): void {
    if (attempt.callTrace !== undefined) attempt.callTrace.isQueued = true;
    this.next?.queued(attempt);
  }

  override rejected(attempt: Attempt, reason: Rejection): void {
    this.next?.rejected(attempt, reason);
  }

  override sent(attempt: Attempt, subset: string): void {
    if (attempt.callTrace !== undefined) attempt.callTrace.subset = subset;
    this.next?.sent(attempt, subset);
  }

  override fellBack(attempt: Attempt, upstream: string, from: string, reason: string, how: Departure): void {
    if (attempt.callTrace !== undefined) attempt.callTrace.leftSubset = `${upstream}:${from}: ${reason}`;
    this.next?.fellBack(attempt, upstream, from, reason, how);
  }

  override instanceChanged(upstream: string, endpoint: Endpoint, state: HealthState['kind']): void {
    this.next?.instanceChanged(upstream, endpoint, state);
  }

  override breakerChanged(upstream: string, state: BreakerState['kind']): void {
    this.next?.breakerChanged(upstream, state);
  }
}

/** @returns why a call or an attempt failed; undefined if it did not */
export function codeOf(outcome: Outcome, error: unknown): TraceCode | undefined {
  if (outcome !== 'failed') return undefined;
  return error instanceof UpstreamError ? error.code : 'bug';
}
