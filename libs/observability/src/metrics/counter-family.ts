import { LabelledFamily } from './labelled-family.js';
import type { MetricValue } from './metric-value.js';
import { seriesText } from './text-format.js';

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

  protected override write({ value }: Counter, labels: string, lines: string[]): void {
    lines.push(seriesText(this.name, labels, value));
  }

  protected override valuesOf({ value }: Counter, labels: MetricValue['labels']): readonly MetricValue[] {
    return [{ labels, value }];
  }
}
