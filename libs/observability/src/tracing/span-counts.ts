import { Counter } from '../metrics/counter-family.js';
import type { Metrics } from '../metrics/metrics.js';

/** What became of spans: counted from the first on, shown once there are metrics. */
export class SpanCounts {
  exported = new Counter();
  dropped = { 'queue-full': new Counter(), 'not-taken': new Counter() };

  /** Shows them; `isOn` says whether there will ever be any. */
  show(metrics: Metrics, isOn: boolean): void {
    const exported = metrics.counter({
      name: 'guichet_trace_spans_exported_total',
      help: 'Spans that a collector took',
    });
    const dropped = metrics.counter({
      name: 'guichet_trace_spans_dropped_total',
      help: 'Spans that were lost: too many waited, or the collector did not take them',
      labels: ['reason'],
    });
    if (!isOn) return;
    this.exported = exported.child();
    this.dropped = { 'queue-full': dropped.child('queue-full'), 'not-taken': dropped.child('not-taken') };
  }
}
