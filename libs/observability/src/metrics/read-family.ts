import { labelText, seriesName } from './label-text.js';
import { type FamilyOptions, MAX_SERIES } from './labelled-family.js';

/** Says one value, when it is asked for. @param labels  the labels' values, in their order */
export type SayValue = (value: number, ...labels: readonly string[]) => void;

/** How a family is made whose values are read where they live. */
export interface ReadOptions extends FamilyOptions {
  /** Called whenever somebody looks: says every value there is. What it does not say is not there. */
  readonly read: (say: SayValue) => void;
}

/** Values that are read where they live when somebody looks; on a request's way they cost nothing. */
export class ReadFamily {
  readonly aggregator = 'sum';
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];

  /** @param type  `gauge` for what goes up and down, `counter` for what only grows as long as it is there */
  constructor(
    readonly type: 'gauge' | 'counter',
    private readonly options: ReadOptions,
  ) {
    this.name = options.name;
    this.help = options.help;
    this.labelNames = options.labels ?? [];
  }

  /** For the registry: what it stands at. */
  get(): Promise<object> {
    const { name, help, type, aggregator, labelNames } = this;
    const { read, maxSeries = MAX_SERIES } = this.options;
    const values = new Map<string, number>();
    read((value, ...given) => {
      const series = seriesName(name, labelText(labelNames, given));
      if (values.size < maxSeries || values.has(series)) values.set(series, value);
    });
    const shown = [...values].map(([metricName, value]) => ({ metricName, value }));
    return Promise.resolve({ name, help, type, aggregator, values: shown });
  }
}
