import type { Metrics } from 'guichet/observability';
import type { LiveConfiguration } from './live-configuration.js';

/** Shows how a live configuration stands, and counts the documents that were judged. */
export function showLiveConfiguration(metrics: Metrics, live: LiveConfiguration): void {
  const documents = metrics.counter({
    name: 'guichet_live_documents_total',
    help: 'Documents that were found and judged, by what became of them',
    labels: ['outcome'],
  });
  const outcomes = { applied: documents.child('applied'), invalid: documents.child('invalid') };
  live.listen({ judged: outcome => outcomes[outcome].increment() });
  metrics.gauge({
    name: 'guichet_live_version',
    help: 'The version in force as a number, 0 as the app declares it: replicas that go by the same document show the same',
    read: say => say(Number.parseInt(live.state.inForce.version ?? '0', 16)),
  });
  metrics.gauge({
    name: 'guichet_live_age_seconds',
    help: 'Since what is in force came into force',
    read: say => say(live.ageMs / 1_000),
  });
  metrics.gauge({
    name: 'guichet_live_trouble',
    help: 'Whether what lies at the source is not in force (1), by reason',
    labels: ['reason'],
    read: say => {
      const { condition, unreachable } = live.state;
      say(condition === 'invalid' ? 1 : 0, 'invalid');
      say(condition === 'missing' ? 1 : 0, 'missing');
      say(unreachable === undefined ? 0 : 1, 'unreachable');
    },
  });
}
