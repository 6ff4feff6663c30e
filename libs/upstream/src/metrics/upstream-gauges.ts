import type { Metrics } from 'guichet/observability';
import type { UpstreamRuntime } from '../upstream-runtime.js';
import type { Watched } from './upstream-metrics.js';

/**
 * Shows how each upstream stands.
 * @param breakerOf  0 closed, 0.5 half-open, 1 open, by the upstream's name
 */
export function showUpstreams(
  metrics: Metrics,
  watched: readonly Watched[],
  breakerOf: (upstream: string) => number,
): void {
  const gauge = (name: string, help: string, valueOf: (upstream: UpstreamRuntime) => number): void => {
    metrics.gauge({
      name: `guichet_upstream_${name}`,
      help,
      labels: ['upstream'],
      read: say => watched.forEach(({ registry }) => registry.upstreams.forEach(each => say(valueOf(each), each.name))),
    });
  };
  metrics.gauge({
    name: 'guichet_upstream_instances',
    help: 'Instances by whether they are called',
    labels: ['upstream', 'state'],
    read: say => {
      for (const { registry } of watched)
        for (const { name, endpoints } of registry.upstreams) {
          say(endpoints.list.length - endpoints.outliers.ejected, name, 'serving');
          say(endpoints.outliers.ejected, name, 'ejected');
        }
    },
  });
  gauge(
    'breaker_open',
    'Whether the circuit breaker keeps attempts back: 0 closed, 0.5 half-open, 1 open',
    ({ name }) => breakerOf(name),
  );
  gauge('bulkhead_in_flight', 'Calls that have a place in the bulkhead', ({ load }) => load.inFlight);
  gauge('bulkhead_queued', 'Calls that wait for a place in the bulkhead', ({ load }) => load.queued);
  gauge('bulkhead_limit', 'How many places the bulkhead has at the moment', ({ load }) => load.limit);
  gauge('singleflight_in_flight', 'Calls under way that equal ones may join', ({ load }) => load.joinable);
  gauge(
    'retry_budget_left',
    'Further attempts, retries and hedges alike, that may be made now',
    ({ load }) => load.furtherAttempts,
  );
}
