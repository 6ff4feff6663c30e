import { UpstreamError } from 'guichet/kernel';
import type { Counter, CounterFamily, Histogram, HistogramFamily } from 'guichet/observability';
import type { BreakerState, HealthState } from 'guichet/resilience';
import type { Attempt } from '../attempt.js';
import type { Endpoint } from '../endpoint.js';
import type { Outcome } from '../passage.js';
import { type Departure, type Rejection, UpstreamEvents } from '../upstream-events.js';
import type { SubsetCounts } from './subset-counts.js';

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

/** Counts one upstream, and passes everything on. Its series are bound at boot: an attempt costs additions. */
export class UpstreamRecorder extends UpstreamEvents {
  private readonly retries: Counter;
  private readonly retriesRefused: Counter;
  private readonly hedges: Counter;
  private readonly joined: Counter;
  private readonly waited: Counter;
  private readonly ejections: Counter;
  private readonly succeeded: Counter;
  private readonly cancelled: Counter;
  private readonly duration: Histogram;

  /**
   * @param next     who listens beside
   * @param subsets  who counts its subsets, where it has any
   */
  constructor(
    private readonly upstream: string,
    private readonly families: UpstreamFamilies,
    private readonly next: UpstreamEvents | undefined,
    private readonly subsets: SubsetCounts | undefined = undefined,
  ) {
    super();
    this.retries = families.retries.child(upstream);
    this.retriesRefused = families.retriesRefused.child(upstream);
    this.hedges = families.hedges.child(upstream);
    this.joined = families.shared.child(upstream);
    this.waited = families.queued.child(upstream);
    this.ejections = families.ejections.child(upstream);
    this.succeeded = families.attempts.child(upstream, 'succeeded', '');
    this.cancelled = families.attempts.child(upstream, 'cancelled', '');
    this.duration = families.durations.child(upstream);
  }

  attemptStarted(attempt: Attempt): void {
    this.next?.attemptStarted(attempt);
  }

  attemptEnded(attempt: Attempt, outcome: Outcome, elapsedMs: number, error: unknown): void {
    const { counts } = attempt.endpoint!;
    if (outcome === 'succeeded') {
      counts.succeeded++;
      this.succeeded.increment();
      this.duration.observe(elapsedMs / 1_000);
    } else if (outcome === 'failed') {
      counts.failed++;
      this.failed(error);
      this.duration.observe(elapsedMs / 1_000);
    } else {
      counts.cancelled++;
      this.cancelled.increment();
    }
    this.subsets?.attemptEnded(attempt, outcome, elapsedMs);
    this.next?.attemptEnded(attempt, outcome, elapsedMs, error);
  }

  override retried(attempt: Attempt, error: unknown, delayMs: number): void {
    this.retries.increment();
    this.next?.retried(attempt, error, delayMs);
  }

  override retryRefused(attempt: Attempt): void {
    this.retriesRefused.increment();
    this.next?.retryRefused(attempt);
  }

  override hedged(attempt: Attempt): void {
    this.hedges.increment();
    this.next?.hedged(attempt);
  }

  override shared(attempt: Attempt): void {
    this.joined.increment();
    this.next?.shared(attempt);
  }

  override queued(attempt: Attempt): void {
    this.waited.increment();
    this.next?.queued(attempt);
  }

  override rejected(attempt: Attempt, reason: Rejection): void {
    this.families.rejected.child(this.upstream, reason).increment();
    this.next?.rejected(attempt, reason);
  }

  override sent(attempt: Attempt, subset: string): void {
    this.subsets?.sent(subset);
    this.next?.sent(attempt, subset);
  }

  override fellBack(attempt: Attempt, upstream: string, from: string, reason: string, how: Departure): void {
    this.subsets?.fellBack(upstream, from, reason, how);
    this.next?.fellBack(attempt, upstream, from, reason, how);
  }

  override instanceChanged(upstream: string, endpoint: Endpoint, state: HealthState['kind']): void {
    if (state === 'ejected') {
      endpoint.counts.ejections++;
      this.ejections.increment();
    }
    this.next?.instanceChanged(upstream, endpoint, state);
  }

  override breakerChanged(upstream: string, state: BreakerState['kind']): void {
    this.next?.breakerChanged(upstream, state);
  }

  /** What is no `UpstreamError` is a bug. */
  private failed(error: unknown): void {
    const code = error instanceof UpstreamError ? error.code : 'bug';
    this.families.attempts.child(this.upstream, 'failed', code).increment();
  }
}
