import type { FamilyOptions, Labels } from './labelled-family.js';

/** Says one value of a gauge, when it is asked for. @param labels  the labels' values, in their order */
export type SayGauge = (value: number, ...labels: readonly string[]) => void;

/** How a gauge's family is made. */
export interface GaugeOptions extends FamilyOptions {
  /** Called whenever somebody looks: says every value there is. What it does not say is not there. */
  readonly read: (say: SayGauge) => void;
}

/** Values that go up and down, read where they live when somebody looks; on a request's way they cost nothing. */
export class GaugeFamily {
  readonly type = 'gauge';
  readonly aggregator = 'sum';
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];

  constructor(private readonly options: GaugeOptions) {
    this.name = options.name;
    this.help = options.help;
    this.labelNames = options.labels ?? [];
  }

  /** For the registry: what it stands at. */
  get(): Promise<object> {
    const { name, help, type, aggregator, labelNames } = this;
    const { read, maxSeries = 1_000 } = this.options;
    const values = new Map<string, { value: number; labels: Labels }>();
    read((value, ...given) => {
      const key = given.join('\0');
      if (!values.has(key) && values.size >= maxSeries) return;
      values.set(key, { value, labels: Object.fromEntries(labelNames.map((label, at) => [label, given[at]!])) });
    });
    return Promise.resolve({ name, help, type, aggregator, values: [...values.values()] });
  }
}
