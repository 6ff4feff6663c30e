/** Label names and values, as they are shown. */
export type Labels = Readonly<Record<string, string | number>>;

/** One line of what is shown. */
export interface MetricValue {
  readonly labels: Labels;
  readonly value: number;
  /** Where it is not the family's own. */
  readonly metricName?: string;
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

const MAX_SERIES = 1_000;
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
  private readonly children = new Map<string, { readonly child: T; readonly labels: Labels }>();
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
    const labels = Object.fromEntries(this.labelNames.map((name, index) => [name, values[index]!]));
    this.children.set(key, { child, labels });
    return child;
  }

  /** Takes a series out: what it speaks of is gone. */
  remove(...values: readonly string[]): void {
    this.children.delete(values.join('\0'));
  }

  /** For the registry: what it stands at. */
  get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    const values = [...this.children.values()].flatMap(({ child, labels }) => [...this.valuesOf(child, labels)]);
    return Promise.resolve({ name, help, type, aggregator, values });
  }

  protected abstract create(): T;
  protected abstract valuesOf(child: T, labels: Labels): readonly MetricValue[];
}
