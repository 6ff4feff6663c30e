import type { Metrics } from 'guichet/observability';
import type { UpstreamState } from '../upstream-state.js';
import type { Watched } from './upstream-metrics.js';

const BREAKER = { off: 0, closed: 0, 'half-open': 0.5, open: 1 };

/** Shows how each upstream stands. */
export function showUpstreams(metrics: Metrics, watched: readonly Watched[]): void {
  const gauge = (name: string, help: string, valueOf: (state: UpstreamState) => number): void => {
    metrics.gauge({
      name: `guichet_upstream_${name}`,
      help,
      labels: ['upstream'],
      read: say =>
        watched.forEach(({ registry }) => registry.upstreams.forEach(each => say(valueOf(each.state), each.name))),
    });
  };
  metrics.gauge({
    name: 'guichet_upstream_instances',
    help: 'Instances by whether they are called',
    labels: ['upstream', 'state'],
    read: say => {
      for (const { registry } of watched)
        for (const { name, endpoints } of registry.upstreams) {
          say(endpoints.list.length - endpoints.ejected, name, 'serving');
          say(endpoints.ejected, name, 'ejected');
        }
    },
  });
  gauge(
    'breaker_open',
    'Whether the circuit breaker keeps attempts back: 0 closed, 0.5 half-open, 1 open',
    ({ breaker }) => BREAKER[breaker.kind],
  );
  gauge('bulkhead_in_flight', 'Calls that have a place in the bulkhead', ({ bulkhead }) => bulkhead.active);
  gauge('bulkhead_queued', 'Calls that wait for a place in the bulkhead', ({ bulkhead }) => bulkhead.queued);
  gauge('bulkhead_limit', 'How many places the bulkhead has at the moment', ({ bulkhead }) => bulkhead.limit);
  gauge('singleflight_in_flight', 'Calls under way that equal ones may join', ({ joinable }) => joinable);
  gauge(
    'retry_budget_left',
    'Further attempts, retries and hedges alike, that may be made now',
    ({ furtherAttempts }) => furtherAttempts,
  );
}
