import { labelsOf, type MetricValue } from './metric-value.js';
import { headText, labelText } from './text-format.js';

/** How a family is made. */
export interface FamilyOptions {
  /** Begins with `guichet_`; ends with its base unit, counters with `_total`. */
  readonly name: string;
  /** One sentence, without a full stop. */
  readonly help: string;
  /** Label names, in the order of the values that a child is bound by. */
  readonly labels?: readonly string[];
  /** How many children it may have; those beyond share one whose labels all say `other`. Default 1,000. */
  readonly maxSeries?: number;
}

/** How many series a family has that does not say it. */
export const MAX_SERIES = 1_000;
const OTHER = 'other';

/**
 * The series of one name. Each is bound once by its labels' values and then used without looking anything up; however
 * hostile the values, there are never more than `maxSeries` and one.
 */
export abstract class LabelledFamily<T> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  /** As Prometheus names the kind. */
  abstract readonly type: 'counter' | 'histogram';
  private readonly children = new Map<
    string,
    { readonly child: T; readonly values: readonly string[]; readonly labels: string }
  >();
  private readonly maxSeries: number;

  constructor({ name, help, labels = [], maxSeries = MAX_SERIES }: FamilyOptions) {
    this.name = name;
    this.help = help;
    this.labelNames = labels;
    this.maxSeries = maxSeries;
  }

  /** How many series there are. */
  get size(): number {
    return this.children.size;
  }

  /**
   * Finds or makes a series. At boot, or where something happens rarely: this looks it up by its values.
   * @param values  one for each label, in their order
   */
  child(...values: readonly string[]): T {
    const key = values.join('\0');
    const known = this.children.get(key);
    if (known) return known.child;
    const isOther = values.every(value => value === OTHER);
    if (!isOther && this.children.size >= this.maxSeries) return this.child(...values.map(() => OTHER));
    const child = this.create();
    this.children.set(key, { child, values, labels: labelText(this.labelNames, values) });
    return child;
  }

  /** Takes a series out: what it speaks of is gone. */
  remove(...values: readonly string[]): void {
    this.children.delete(values.join('\0'));
  }

  /** @returns what it stands at, in Prometheus' text format */
  text(): string {
    const lines = [headText(this.name, this.help, this.type)];
    for (const { child, labels } of this.children.values()) this.write(child, labels, lines);
    return lines.join('\n');
  }

  /** @returns what it stands at */
  values(): readonly MetricValue[] {
    return [...this.children.values()].flatMap(({ child, values }) =>
      this.valuesOf(child, labelsOf(this.labelNames, values)),
    );
  }

  protected abstract create(): T;
  /** Adds a child's lines. @param labels  `a="1",b="2"` */
  protected abstract write(child: T, labels: string, lines: string[]): void;
  protected abstract valuesOf(child: T, labels: MetricValue['labels']): readonly MetricValue[];
}
