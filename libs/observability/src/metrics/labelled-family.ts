import { labelText } from './label-text.js';

/**
 * One line of what is shown. Its labels stand in its name already: prom-client would put them together again at every look,
 * which took most of the time.
 */
export interface MetricValue {
  readonly metricName: string;
  readonly value: number;
}

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
  /** As prom-client's registry names the kind. */
  abstract readonly type: 'counter' | 'gauge' | 'histogram';
  /** How a cluster's workers are added up. */
  readonly aggregator = 'sum';
  private readonly children = new Map<string, { readonly child: T; readonly labels: string }>();
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
    this.children.set(key, { child, labels: labelText(this.labelNames, values) });
    return child;
  }

  /** Takes a series out: what it speaks of is gone. */
  remove(...values: readonly string[]): void {
    this.children.delete(values.join('\0'));
  }

  /** For the registry: what it stands at. */
  get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    const values: MetricValue[] = [];
    for (const { child, labels } of this.children.values()) this.show(child, labels, values);
    return Promise.resolve({ name, help, type, aggregator, values });
  }

  protected abstract create(): T;
  /** Adds a child's lines. @param labels  `a="1",b="2"` */
  protected abstract show(child: T, labels: string, into: MetricValue[]): void;
}
