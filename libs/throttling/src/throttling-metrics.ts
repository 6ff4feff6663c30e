import type { Counter, CounterFamily, Metrics } from 'guichet/observability';
import type { LimitStore } from './limit-store.js';
import { MemoryLimitStore } from './memory-limit.store.js';
import { ResilientLimitStore } from './resilient-limit.store.js';

/** Counts what one limit decides. */
export interface LimitRecorder {
  readonly admitted: Counter;
  readonly refused: Counter;
}

/** Counts what the limits of an app decide, and shows how their store is. */
export class ThrottlingMetrics {
  private readonly decisions: CounterFamily;

  /** @param limits  the limits' names, as the options declare them */
  constructor(metrics: Metrics, store: LimitStore, limits: readonly string[]) {
    this.decisions = metrics.counter({
      name: 'guichet_throttling_decisions_total',
      help: 'Requests by what each limit that they are under decided',
      labels: ['limit', 'outcome'],
    });
    for (const limit of limits) this.of(limit);
    metrics.gauge({
      name: 'guichet_throttling_tracked_keys',
      help: 'Callers that are counted in the memory of this process',
      read: say => {
        if (store instanceof MemoryLimitStore || store instanceof ResilientLimitStore) say(store.size);
      },
    });
    if (store instanceof ResilientLimitStore) showShared(metrics, store);
  }

  /** Begins to count a limit; of the same name there is one, whatever handlers say of its numbers. */
  of(limit: string): LimitRecorder {
    return {
      admitted: this.decisions.child(limit, 'admitted'),
      refused: this.decisions.child(limit, 'refused'),
    };
  }
}

function showShared(metrics: Metrics, store: ResilientLimitStore): void {
  metrics.readCounter({
    name: 'guichet_throttling_store_failures_total',
    help: 'Times that the shared store did not answer',
    read: say => say(store.failures),
  });
  metrics.gauge({
    name: 'guichet_throttling_store_up',
    help: 'Whether the shared store counts (1), or each process for itself or nobody (0)',
    read: say => say(store.isUp ? 1 : 0),
  });
}
