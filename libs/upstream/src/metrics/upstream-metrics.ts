import type { InstanceSource } from 'guichet/discovery';
import type { Clock } from 'guichet/kernel';
import type { CounterFamily, Metrics } from 'guichet/observability';
import type { Subsets } from '../subsets/subsets.js';
import type { UpstreamEvents } from '../upstream-events.js';
import type { UpstreamRegistry } from '../upstream-registry.js';
import { showDiscovery } from './discovery-gauges.js';
import { showInstances } from './instance-gauges.js';
import { SubsetCounts, type SubsetFamilies, subsetFamilies } from './subset-counts.js';
import { showUpstreams } from './upstream-gauges.js';
import { type UpstreamFamilies, UpstreamRecorder } from './upstream-recorder.js';

/** Upstreams that are shown, and where their instances come from. */
export interface Watched {
  readonly registry: UpstreamRegistry;
  readonly source: InstanceSource;
  readonly clock: Clock;
}

/** Of one family: upstreams by codes, a closed set both. */
const MAX_SERIES = 5_000;

const made = new WeakMap<Metrics, UpstreamMetrics>();

/** Counts what the layers of all upstreams do, and shows how their instances stand. */
export class UpstreamMetrics {
  private readonly families: UpstreamFamilies;
  private readonly subsets: SubsetFamilies;
  private readonly watched: Watched[] = [];

  private constructor(metrics: Metrics) {
    const counter = (name: string, help: string, ...labels: string[]): CounterFamily =>
      metrics.counter({
        name: `guichet_upstream_${name}_total`,
        help,
        labels: ['upstream', ...labels],
        maxSeries: MAX_SERIES,
      });
    this.families = {
      attempts: counter('attempts', 'Attempts by how they ended and, of those that failed, why', 'outcome', 'code'),
      durations: metrics.histogram({
        name: 'guichet_upstream_attempt_duration_seconds',
        help: 'Attempts that were not cancelled, connecting and body included',
        labels: ['upstream'],
      }),
      retries: counter('retries', 'Further attempts of calls that failed'),
      retriesRefused: counter('retries_refused', 'Further attempts that the budget did not allow'),
      hedges: counter('hedges', 'Second attempts beside slow ones'),
      shared: counter('shared_calls', 'Calls that waited for the answer of an equal one'),
      queued: counter('queued_calls', 'Calls that waited for a place in the bulkhead'),
      rejected: counter('rejected_calls', 'Calls and attempts that were not let through', 'reason'),
      ejections: counter('ejections', 'Instances that were left out'),
    };
    this.subsets = subsetFamilies(metrics, this.watched);
    showUpstreams(metrics, this.watched);
    showInstances(metrics, this.watched);
    showDiscovery(metrics, this.watched);
  }

  /** One for all upstreams of an app, however many modules declare them. */
  static of(metrics: Metrics): UpstreamMetrics {
    const known = made.get(metrics) ?? new UpstreamMetrics(metrics);
    made.set(metrics, known);
    return known;
  }

  /**
   * Begins to count an upstream.
   * @param next     who listens beside
   * @param subsets  of the upstream, where it has any
   * @returns what its layers are to tell
   */
  of(upstream: string, next: UpstreamEvents | undefined, subsets?: Pick<Subsets, 'all'>): UpstreamEvents {
    const counts =
      subsets &&
      new SubsetCounts(
        upstream,
        this.subsets,
        subsets.all.map(({ name }) => name),
      );
    return new UpstreamRecorder(upstream, this.families, next, counts);
  }

  /** Shows also these upstreams and their instances. */
  watch(registry: UpstreamRegistry, source: InstanceSource, clock: Clock): void {
    this.watched.push({ registry, source, clock });
  }
}
