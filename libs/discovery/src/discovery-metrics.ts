import type { CounterFamily, Metrics } from 'guichet/observability';
import { DiscoveryEvents } from './discovery-events.js';
import type { Snapshot } from './instance.js';

/** Counts what the source learns and what goes wrong, and passes it on to whoever listens beside. */
export class DiscoveryMetrics extends DiscoveryEvents {
  private readonly updates: CounterFamily;
  private readonly vanished: CounterFamily;
  private readonly failures: CounterFamily;

  /** @param next  the app's own listener */
  constructor(
    metrics: Metrics,
    private readonly next: DiscoveryEvents,
  ) {
    super();
    const counter = (name: string, help: string): CounterFamily =>
      metrics.counter({ name: `guichet_discovery_${name}_total`, help, labels: ['upstream'] });
    this.updates = counter('updates', 'Changes of the instances of an upstream, or of what is known of them');
    this.vanished = counter('vanished', 'Times that all instances of an upstream vanished in one step');
    this.failures = counter('query_failures', 'Queries that were not answered, or not so that it could be read');
  }

  override updated(snapshot: Snapshot): void {
    this.updates.child(snapshot.service).increment();
    this.next.updated(snapshot);
  }

  override emptied(service: string, kept: number, forMs: number): void {
    this.vanished.child(service).increment();
    this.next.emptied(service, kept, forMs);
  }

  override queryFailed(service: string, reason: string): void {
    this.failures.child(service).increment();
    this.next.queryFailed(service, reason);
  }
}
