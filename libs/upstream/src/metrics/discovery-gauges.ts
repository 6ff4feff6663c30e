import type { Metrics } from 'guichet/observability';
import type { Watched } from './upstream-metrics.js';

/** Shows how far what discovery says of each upstream can be believed. */
export function showDiscovery(metrics: Metrics, watched: readonly Watched[]): void {
  const labels = ['upstream'];
  metrics.gauge({
    name: 'guichet_discovery_snapshot_age_seconds',
    help: 'Since discovery confirmed the instances of an upstream last',
    labels,
    read: say => {
      for (const { registry, source, clock } of watched)
        for (const { name } of registry.upstreams) {
          const snapshot = source.snapshot(name);
          if (snapshot) say((clock.now() - snapshot.confirmedAt) / 1_000, name);
        }
    },
  });
  metrics.gauge({
    name: 'guichet_discovery_stale',
    help: 'Whether the instances of an upstream are those known last (1) or those known now (0)',
    labels,
    read: say => {
      for (const { registry, source } of watched)
        for (const { name } of registry.upstreams) say(source.snapshot(name)?.state === 'fresh' ? 0 : 1, name);
    },
  });
}
