import { UpstreamError } from 'guichet/kernel';
import type { Counter, CounterFamily, Histogram, HistogramFamily } from 'guichet/observability';
import type { Outcome } from '../passage.js';
import type { Rejection } from '../upstream-events.js';

/** Where the upstreams' series are. */
export interface UpstreamFamilies {
  readonly attempts: CounterFamily;
  readonly durations: HistogramFamily;
  readonly retries: CounterFamily;
  readonly retriesRefused: CounterFamily;
  readonly hedges: CounterFamily;
  readonly shared: CounterFamily;
  readonly queued: CounterFamily;
  readonly rejected: CounterFamily;
  readonly ejections: CounterFamily;
}

/** Counts one upstream. */
export class UpstreamRecorder {
  readonly retries: Counter;
  readonly retriesRefused: Counter;
  readonly hedges: Counter;
  readonly shared: Counter;
  readonly queued: Counter;
  readonly ejections: Counter;
  /** 0 closed, 0.5 half-open, 1 open. */
  breaker = 0;
  private readonly succeeded: Counter;
  private readonly cancelled: Counter;
  private readonly duration: Histogram;

  constructor(
    private readonly upstream: string,
    private readonly families: UpstreamFamilies,
  ) {
    this.retries = families.retries.child(upstream);
    this.retriesRefused = families.retriesRefused.child(upstream);
    this.hedges = families.hedges.child(upstream);
    this.shared = families.shared.child(upstream);
    this.queued = families.queued.child(upstream);
    this.ejections = families.ejections.child(upstream);
    this.succeeded = families.attempts.child(upstream, 'succeeded', '');
    this.cancelled = families.attempts.child(upstream, 'cancelled', '');
    this.duration = families.durations.child(upstream);
  }

  /** @param error  of a failed one; what is no `UpstreamError` is a bug */
  ended(outcome: Outcome, elapsedMs: number, error: unknown): void {
    if (outcome === 'cancelled') return this.cancelled.increment();
    this.duration.observe(elapsedMs / 1_000);
    if (outcome === 'succeeded') return this.succeeded.increment();
    const code = error instanceof UpstreamError ? error.code : 'bug';
    this.families.attempts.child(this.upstream, 'failed', code).increment();
  }

  rejected(reason: Rejection): void {
    this.families.rejected.child(this.upstream, reason).increment();
  }
}
