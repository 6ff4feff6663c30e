import { seriesName } from './label-text.js';
import { LabelledFamily, type MetricValue } from './labelled-family.js';

/** A number that only grows. Counting is an addition and nothing else: bind a child once, at boot, and keep it. */
export class Counter {
  /** What it stands at. */
  value = 0;

  /** @param amount  >= 0 */
  add(amount: number): void {
    this.value += amount;
  }

  /** Counts one. */
  increment(): void {
    this.value++;
  }
}

/** The counters of one name, by their labels. */
export class CounterFamily extends LabelledFamily<Counter> {
  readonly type = 'counter';

  protected override create(): Counter {
    return new Counter();
  }

  protected override show({ value }: Counter, labels: string, into: MetricValue[]): void {
    into.push({ metricName: seriesName(this.name, labels), value });
  }
}
