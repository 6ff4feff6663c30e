import type { Metrics } from 'guichet/observability';
import type { RemoteKeySet } from '../bearer/remote-key-set.js';

const made = new WeakMap<Metrics, KeySetMetrics>();

/** Shows how the issuer's keys are kept up to date, by what they are there for. */
export class KeySetMetrics {
  private readonly sets = new Map<string, RemoteKeySet>();

  private constructor(metrics: Metrics) {
    metrics.readCounter({
      name: 'guichet_key_set_refreshes_total',
      help: 'Times that the keys of the issuer were asked for',
      labels: ['of', 'outcome'],
      read: say => {
        for (const [of, { refreshes }] of this.sets) {
          say(refreshes.succeeded, of, 'succeeded');
          say(refreshes.failed, of, 'failed');
        }
      },
    });
    metrics.gauge({
      name: 'guichet_key_set_age_seconds',
      help: 'Since the keys of the issuer were fetched last',
      labels: ['of'],
      read: say => {
        for (const [of, { ageMs }] of this.sets) if (ageMs !== undefined) say(ageMs / 1_000, of);
      },
    });
  }

  /** One for all key sets of an app. */
  static of(metrics: Metrics): KeySetMetrics {
    const known = made.get(metrics) ?? new KeySetMetrics(metrics);
    made.set(metrics, known);
    return known;
  }

  /** Shows also this one. */
  watch(of: 'access-tokens' | 'logout-tokens', keys: RemoteKeySet): void {
    this.sets.set(of, keys);
  }
}
