import type { Counter, CounterFamily, Histogram, HistogramFamily, Metrics } from 'guichet/observability';
import type { Attempt } from '../attempt.js';
import type { Outcome } from '../passage.js';
import type { Departure } from '../upstream-events.js';
import type { Watched } from './upstream-metrics.js';

/** Where the subsets' series are. */
export interface SubsetFamilies {
  readonly calls: CounterFamily;
  readonly attempts: CounterFamily;
  readonly durations: HistogramFamily;
  readonly fallbacks: CounterFamily;
}

/** Of one family: upstreams by at most nine subsets, by outcomes or reasons, all of them closed sets. */
const MAX_SERIES = 2_000;

/** Makes the families. Upstreams without subsets have no series in them. */
export function subsetFamilies(metrics: Metrics, watched: readonly Watched[]): SubsetFamilies {
  metrics.gauge({
    name: 'guichet_subset_weight_ratio',
    help: 'Of all who are sent by weight, how many a subset answers',
    labels: ['upstream', 'subset'],
    read: say => {
      for (const { registry } of watched)
        for (const { name, subsets } of registry.upstreams)
          for (const [subset, percent] of Object.entries(subsets?.weights ?? {})) say(percent / 100, name, subset);
    },
  });
  metrics.gauge({
    name: 'guichet_subset_instances',
    help: 'Instances of a subset by whether they are called',
    labels: ['upstream', 'subset', 'state'],
    read: say => {
      for (const { registry } of watched)
        for (const { name, subsets } of registry.upstreams)
          for (const { name: subset, list, outliers } of subsets?.all ?? []) {
            say(list.length - outliers.ejected, name, subset, 'serving');
            say(outliers.ejected, name, subset, 'ejected');
          }
    },
  });
  const counter = (name: string, help: string, ...labels: string[]): CounterFamily =>
    metrics.counter({
      name: `guichet_subset_${name}_total`,
      help,
      labels: ['upstream', 'subset', ...labels],
      maxSeries: MAX_SERIES,
    });
  return {
    calls: counter('calls', 'Calls by the subset they went to; one that falls back goes to two'),
    attempts: counter('attempts', 'Attempts by subset and how they ended', 'outcome'),
    durations: metrics.histogram({
      name: 'guichet_subset_attempt_duration_seconds',
      help: 'Attempts by subset that were not cancelled',
      labels: ['upstream', 'subset'],
    }),
    fallbacks: counter('fallbacks', 'Times that a request left the subset chosen for it', 'reason', 'outcome'),
  };
}

interface Series {
  readonly calls: Counter;
  readonly succeeded: Counter;
  readonly failed: Counter;
  readonly cancelled: Counter;
  readonly duration: Histogram;
}

/** Counts the subsets of one upstream. */
export class SubsetCounts {
  private readonly bySubset: ReadonlyMap<string, Series>;

  /** @param subsets  their names */
  constructor(
    upstream: string,
    private readonly families: SubsetFamilies,
    subsets: readonly string[],
  ) {
    const { calls, attempts, durations } = families;
    this.bySubset = new Map(
      subsets.map(subset => [
        subset,
        {
          calls: calls.child(upstream, subset),
          succeeded: attempts.child(upstream, subset, 'succeeded'),
          failed: attempts.child(upstream, subset, 'failed'),
          cancelled: attempts.child(upstream, subset, 'cancelled'),
          duration: durations.child(upstream, subset),
        },
      ]),
    );
  }

  sent(subset: string): void {
    this.bySubset.get(subset)?.calls.increment();
  }

  attemptEnded({ subset }: Attempt, outcome: Outcome, elapsedMs: number): void {
    const series = subset && this.bySubset.get(subset.name);
    if (!series) return;
    series[outcome].increment();
    if (outcome !== 'cancelled') series.duration.observe(elapsedMs / 1_000);
  }

  fellBack(upstream: string, from: string, reason: string, how: Departure): void {
    this.families.fallbacks.child(upstream, from, reason, how).increment();
  }
}
