import type { InstanceSource } from 'guichet/discovery';
import type { Clock } from 'guichet/kernel';
import type { CounterFamily, HistogramFamily, Metrics } from 'guichet/observability';
import type { BreakerState, HealthState } from 'guichet/resilience';
import type { Attempt } from '../attempt.js';
import type { Endpoint } from '../endpoint.js';
import type { Outcome } from '../passage.js';
import { type Rejection, UpstreamEvents } from '../upstream-events.js';
import type { UpstreamRegistry } from '../upstream-registry.js';
import type { UpstreamRuntime } from '../upstream-runtime.js';
import { type UpstreamFamilies, UpstreamRecorder } from './upstream-recorder.js';

/** Upstreams whose instances are shown. */
interface Watched {
  readonly registry: UpstreamRegistry;
  readonly source: InstanceSource;
  readonly clock: Clock;
}

const made = new WeakMap<Metrics, UpstreamMetrics>();

/** Counts what the layers of all upstreams do, and passes it on to whoever listens beside. */
export class UpstreamMetrics extends UpstreamEvents {
  private readonly recorders = new Map<string, UpstreamRecorder>();
  private readonly families: UpstreamFamilies;
  private readonly watched: Watched[] = [];

  /** @param next  the app's own listener */
  private constructor(
    metrics: Metrics,
    private readonly next: UpstreamEvents | undefined,
  ) {
    super();
    const counter = (name: string, help: string, ...labels: string[]): CounterFamily =>
      metrics.counter({ name: `guichet_upstream_${name}_total`, help, labels: ['upstream', ...labels] });
    this.families = {
      attempts: counter('attempts', 'Attempts by how they ended and, of those that failed, why', 'outcome', 'code'),
      durations: attemptDurations(metrics),
      retries: counter('retries', 'Further attempts of calls that failed'),
      retriesRefused: counter('retries_refused', 'Further attempts that the budget did not allow'),
      hedges: counter('hedges', 'Second attempts beside slow ones'),
      shared: counter('shared_calls', 'Calls that waited for the answer of an equal one'),
      queued: counter('queued_calls', 'Calls that waited for a place in the bulkhead'),
      rejected: counter('rejected_calls', 'Calls and attempts that were not let through', 'reason'),
      ejections: counter('ejections', 'Instances that were left out'),
    };
    this.show(metrics);
  }

  /** One for all upstreams of an app, however many modules declare them. */
  static of(metrics: Metrics, next: UpstreamEvents | undefined): UpstreamMetrics {
    const known = made.get(metrics) ?? new UpstreamMetrics(metrics, next);
    made.set(metrics, known);
    return known;
  }

  /** Shows also these upstreams and their instances. */
  watch(registry: UpstreamRegistry, source: InstanceSource, clock: Clock): void {
    this.watched.push({ registry, source, clock });
    for (const { name } of registry.upstreams) this.of(name);
  }

  private show(metrics: Metrics): void {
    const labels = ['upstream'];
    metrics.gauge({
      name: 'guichet_upstream_instances',
      help: 'Instances by whether they are called',
      labels: ['upstream', 'state'],
      read: say =>
        this.each(({ name, endpoints }) => {
          say(endpoints.list.length - endpoints.outliers.ejected, name, 'serving');
          say(endpoints.outliers.ejected, name, 'ejected');
        }),
    });
    metrics.gauge({
      name: 'guichet_upstream_attempts_in_flight',
      help: 'Attempts under way, by instance',
      labels: ['upstream', 'instance'],
      read: say =>
        this.each(({ name, endpoints }) => {
          for (const { address, outstanding } of endpoints.list) say(outstanding, name, address);
        }),
    });
    metrics.gauge({
      name: 'guichet_upstream_breaker_open',
      help: 'Whether the circuit breaker keeps attempts back: 0 closed, 0.5 half-open, 1 open',
      labels,
      read: say => this.each(({ name }) => say(this.of(name).breaker, name)),
    });
    metrics.gauge({
      name: 'guichet_discovery_snapshot_age_seconds',
      help: 'Since discovery confirmed the instances of an upstream last',
      labels,
      read: say =>
        this.each(({ name }, { source, clock }) => {
          const snapshot = source.snapshot(name);
          if (snapshot) say((clock.now() - snapshot.confirmedAt) / 1_000, name);
        }),
    });
    metrics.gauge({
      name: 'guichet_discovery_stale',
      help: 'Whether the instances of an upstream are those known last (1) or those known now (0)',
      labels,
      read: say => this.each(({ name }, { source }) => say(source.snapshot(name)?.state === 'fresh' ? 0 : 1, name)),
    });
  }

  private each(tell: (upstream: UpstreamRuntime, from: Watched) => void): void {
    for (const from of this.watched) for (const upstream of from.registry.upstreams) tell(upstream, from);
  }

  attemptStarted(attempt: Attempt): void {
    this.next?.attemptStarted(attempt);
  }

  attemptEnded(attempt: Attempt, outcome: Outcome, elapsedMs: number, error: unknown): void {
    this.of(attempt.request.upstream).ended(outcome, elapsedMs, error);
    this.next?.attemptEnded(attempt, outcome, elapsedMs, error);
  }

  override retried(attempt: Attempt, error: unknown, delayMs: number): void {
    this.of(attempt.request.upstream).retries.increment();
    this.next?.retried(attempt, error, delayMs);
  }

  override retryRefused(attempt: Attempt): void {
    this.of(attempt.request.upstream).retriesRefused.increment();
    this.next?.retryRefused(attempt);
  }

  override hedged(attempt: Attempt): void {
    this.of(attempt.request.upstream).hedges.increment();
    this.next?.hedged(attempt);
  }

  override shared(attempt: Attempt): void {
    this.of(attempt.request.upstream).shared.increment();
    this.next?.shared(attempt);
  }

  override queued(attempt: Attempt): void {
    this.of(attempt.request.upstream).queued.increment();
    this.next?.queued(attempt);
  }

  override rejected(attempt: Attempt, reason: Rejection): void {
    this.of(attempt.request.upstream).rejected(reason);
    this.next?.rejected(attempt, reason);
  }

  override instanceChanged(upstream: string, endpoint: Endpoint, state: HealthState['kind']): void {
    if (state === 'ejected') this.of(upstream).ejections.increment();
    this.next?.instanceChanged(upstream, endpoint, state);
  }

  override breakerChanged(upstream: string, state: BreakerState['kind']): void {
    this.of(upstream).breaker = { closed: 0, 'half-open': 0.5, open: 1 }[state];
    this.next?.breakerChanged(upstream, state);
  }

  private of(upstream: string): UpstreamRecorder {
    const known = this.recorders.get(upstream);
    if (known) return known;
    const recorder = new UpstreamRecorder(upstream, this.families);
    this.recorders.set(upstream, recorder);
    return recorder;
  }
}

function attemptDurations(metrics: Metrics): HistogramFamily {
  return metrics.histogram({
    name: 'guichet_upstream_attempt_duration_seconds',
    help: 'Attempts that were not cancelled, connecting and body included',
    labels: ['upstream'],
  });
}
