import type { Metrics, SayValue } from 'guichet/observability';
import type { Endpoint } from '../endpoint.js';
import type { Watched } from './upstream-metrics.js';

/** Instances that are shown one by one. Each has seven series: more would make looking dear, here and at Prometheus. */
const MAX_INSTANCES = 2_000;
/** Of a family; attempts have three for each instance. */
const MAX_SERIES = 3 * MAX_INSTANCES;

/** Says what there is of one instance. */
type SayInstance = (say: SayValue, endpoint: Endpoint, upstream: string, now: number) => void;

/**
 * Shows each instance that is there; with more than {@link MAX_INSTANCES}, an equal share of every upstream's. What they have
 * counted themselves is read, so that an instance that is gone takes its series with it.
 */
export function showInstances(metrics: Metrics, watched: readonly Watched[]): void {
  const family = (kind: 'gauge' | 'readCounter', name: string, help: string, tell: SayInstance, ...more: string[]) =>
    metrics[kind]({
      name: `guichet_upstream_${name}`,
      help,
      labels: ['upstream', 'instance', ...more],
      maxSeries: MAX_SERIES,
      read: say => readInstances(watched, (...instance) => tell(say, ...instance)),
    });
  family('gauge', 'attempts_in_flight', 'Attempts under way, by instance', (say, { address, outstanding }, upstream) =>
    say(outstanding, upstream, address),
  );
  family(
    'readCounter',
    'instance_attempts_total',
    'Attempts by instance and how they ended',
    (say, { address, counts }, upstream) => {
      say(counts.succeeded, upstream, address, 'succeeded');
      say(counts.failed, upstream, address, 'failed');
      say(counts.cancelled, upstream, address, 'cancelled');
    },
    'outcome',
  );
  family(
    'readCounter',
    'instance_ejections_total',
    'Times that an instance was left out',
    (say, { address, counts }, upstream) => say(counts.ejections, upstream, address),
  );
  family(
    'gauge',
    'instance_ejected',
    'Whether an instance is left out (1) or called (0)',
    (say, { address, health }, upstream) => say(health.state.kind === 'ejected' ? 1 : 0, upstream, address),
  );
  family(
    'gauge',
    'instance_latency_seconds',
    'How long an instance is believed to take, by which it is picked',
    (say, { address, latency }, upstream, now) => {
      if (latency.isKnown(now)) say(latency.latencyMs(now) / 1_000, upstream, address);
    },
  );
}

function readInstances(
  watched: readonly Watched[],
  tell: (endpoint: Endpoint, upstream: string, now: number) => void,
): void {
  const upstreams = watched.reduce((total, { registry }) => total + registry.upstreams.length, 0);
  const all = watched.reduce(
    (total, { registry }) => registry.upstreams.reduce((sum, { endpoints }) => sum + endpoints.list.length, total),
    0,
  );
  const most = all <= MAX_INSTANCES ? Infinity : Math.max(1, Math.floor(MAX_INSTANCES / upstreams));
  for (const { registry, clock } of watched) {
    const now = clock.now();
    for (const { name, endpoints } of registry.upstreams)
      for (const endpoint of endpoints.list.slice(0, most)) tell(endpoint, name, now);
  }
}
