import type { InstanceSource } from 'guichet/discovery';
import type { Clock } from 'guichet/kernel';
import type { Metrics, MetricValue } from 'guichet/observability';
import type { UpstreamRegistry, UpstreamReport } from 'guichet/upstream';

/** Where discovery's data of an upstream stands. */
export interface DiscoveryView {
  /** `unknown`: nothing was heard yet. */
  readonly state: 'fresh' | 'last-known-good' | 'unknown';
  /** Milliseconds since it was confirmed. */
  readonly ageMs: number | undefined;
  /** Consul's index; absent where the source has none. */
  readonly index: string | undefined;
  /** Why the source cannot be asked now, and what mends that; absent where it can. */
  readonly trouble: string | undefined;
}

/** What was counted of an upstream since the start. */
export interface UpstreamCounts {
  readonly attempts: number;
  readonly failed: number;
  /** Failures by code. */
  readonly codes: Readonly<Record<string, number>>;
  readonly retries: number;
  readonly retriesRefused: number;
  readonly hedges: number;
  readonly shared: number;
  readonly queued: number;
  /** Calls and attempts not let through, by reason. */
  readonly rejected: Readonly<Record<string, number>>;
}

/** An upstream: how it stands and what was counted. */
export interface UpstreamView extends UpstreamReport {
  readonly discovery: DiscoveryView;
  readonly counts: UpstreamCounts;
}

/** Tells of every upstream of an app. */
export class UpstreamViews {
  constructor(
    private readonly registry: UpstreamRegistry | undefined,
    private readonly source: InstanceSource | undefined,
    private readonly metrics: Metrics | undefined,
    private readonly clock: Clock,
  ) {}

  /** @returns all there is to tell of each, in the order of their clients */
  all(): readonly UpstreamView[] {
    const counts = this.counts();
    return (this.registry?.upstreams ?? []).map(({ name, state }) => ({
      ...state.report(),
      discovery: this.discovery(name),
      counts: counts(name),
    }));
  }

  private discovery(name: string): DiscoveryView {
    const snapshot = this.source?.snapshot(name);
    const trouble = this.source?.trouble(name);
    if (snapshot === undefined) return { state: 'unknown', ageMs: undefined, index: undefined, trouble };
    const ageMs = Math.round(this.clock.now() - snapshot.confirmedAt);
    return { state: snapshot.state, ageMs, index: snapshot.index, trouble };
  }

  private counts(): (name: string) => UpstreamCounts {
    const read = (family: string): readonly MetricValue[] =>
      this.metrics?.values(`guichet_upstream_${family}_total`) ?? [];
    const [attempts, retries, retriesRefused, hedges, shared, queued, rejected] = [
      read('attempts'),
      read('retries'),
      read('retries_refused'),
      read('hedges'),
      read('shared_calls'),
      read('queued_calls'),
      read('rejected_calls'),
    ] as const;
    return name => {
      const codes = byLabel(attempts, name, 'code');
      return {
        attempts: sum(attempts, name),
        failed: Object.values(codes).reduce((total, count) => total + count, 0),
        codes,
        retries: sum(retries, name),
        retriesRefused: sum(retriesRefused, name),
        hedges: sum(hedges, name),
        shared: sum(shared, name),
        queued: sum(queued, name),
        rejected: byLabel(rejected, name, 'reason'),
      };
    };
  }
}

function sum(counts: readonly MetricValue[], upstream: string): number {
  return counts.reduce((total, { labels, value }) => (labels['upstream'] === upstream ? total + value : total), 0);
}

/** Adds up by one label, without those that have none. */
function byLabel(counts: readonly MetricValue[], upstream: string, label: string): Readonly<Record<string, number>> {
  const found = new Map<string, number>();
  for (const { labels, value } of counts) {
    const key = labels[label] ?? '';
    if (labels['upstream'] !== upstream || key === '' || value === 0) continue;
    found.set(key, (found.get(key) ?? 0) + value);
  }
  return Object.fromEntries(found);
}
