import { type FamilyOptions, MAX_SERIES } from './labelled-family.js';
import { labelsOf, type MetricValue } from './metric-value.js';
import { headText, labelText, seriesText } from './text-format.js';

/** Says one value, when it is asked for. @param labels  the labels' values, in their order */
export type SayValue = (value: number, ...labels: readonly string[]) => void;

/** How a family is made whose values are read where they live. */
export interface ReadOptions extends FamilyOptions {
  /** Called whenever somebody looks: says every value there is. What it does not say is not there. */
  readonly read: (say: SayValue) => void;
}

/** Values that are read where they live when somebody looks; on a request's way they cost nothing. */
export class ReadFamily {
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

  /** @returns what it stands at, in Prometheus' text format; of what is said twice, the latter */
  text(): string {
    const { name, help, type, labelNames } = this;
    const values = new Map<string, number>();
    this.read((value, given) => values.set(labelText(labelNames, given), value));
    const lines = [headText(name, help, type)];
    for (const [labels, value] of values) lines.push(seriesText(name, labels, value));
    return lines.join('\n');
  }

  /** @returns what it stands at */
  values(): readonly MetricValue[] {
    const found: MetricValue[] = [];
    this.read((value, given) => found.push({ labels: labelsOf(this.labelNames, given), value }));
    return found;
  }

  private read(say: (value: number, labels: readonly string[]) => void): void {
    const { read, maxSeries = MAX_SERIES } = this.options;
    let count = 0;
    read((value, ...labels) => {
      if (++count <= maxSeries) say(value, labels);
    });
  }
}
