import { type FamilyOptions, LabelledFamily } from './labelled-family.js';
import type { MetricValue } from './metric-value.js';
import { seriesText } from './text-format.js';

/** Seconds, for what a client waits for: close where budgets and timeouts usually lie, up to the longest budget. */
export const DURATION_BUCKETS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1, 2, 5, 10, 30,
];

/** Counts values by fixed buckets. An observation is a short search and three additions; sums over buckets are made when asked for. */
export class Histogram {
  /** By bucket, not cumulative; the last holds what is above all bounds. */
  readonly counts: Float64Array;
  sum = 0;

  /** @param bounds  upper bounds, inclusive, rising */
  constructor(private readonly bounds: readonly number[]) {
    this.counts = new Float64Array(bounds.length + 1);
  }

  /** How many values it has seen. */
  get count(): number {
    return this.counts.reduce((total, count) => total + count, 0);
  }

  /** @param value  in the base unit of its name: seconds, bytes */
  observe(value: number): void {
    const { bounds } = this;
    let bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]!) bucket++;
    this.counts[bucket]!++;
    this.sum += value;
  }
}

/** How a histogram's family is made. */
export interface HistogramOptions extends FamilyOptions {
  /** Upper bounds, inclusive, rising; default {@link DURATION_BUCKETS}. */
  readonly buckets?: readonly number[];
}

/** The histograms of one name, by their labels. */
export class HistogramFamily extends LabelledFamily<Histogram> {
  readonly type = 'histogram';
  private readonly bounds: readonly number[];

  constructor(options: HistogramOptions) {
    super(options);
    this.bounds = options.buckets ?? DURATION_BUCKETS;
  }

  protected override create(): Histogram {
    return new Histogram(this.bounds);
  }

  protected override write({ counts, sum }: Histogram, labels: string, lines: string[]): void {
    const { name, bounds } = this;
    const before = labels === '' ? '' : `${labels},`;
    let total = 0;
    for (let bucket = 0; bucket < counts.length; bucket++) {
      total += counts[bucket]!;
      lines.push(seriesText(`${name}_bucket`, `${before}le="${bounds[bucket] ?? '+Inf'}"`, total));
    }
    lines.push(seriesText(`${name}_sum`, labels, sum), seriesText(`${name}_count`, labels, total));
  }

  protected override valuesOf({ counts, sum }: Histogram, labels: MetricValue['labels']): readonly MetricValue[] {
    let total = 0;
    const buckets = [...this.bounds, '+Inf'].map((bound, index) => {
      total += counts[index]!;
      return { labels: { ...labels, le: String(bound) }, value: total, metricName: `${this.name}_bucket` };
    });
    return [
      ...buckets,
      { labels, value: sum, metricName: `${this.name}_sum` },
      { labels, value: total, metricName: `${this.name}_count` },
    ];
  }
}
