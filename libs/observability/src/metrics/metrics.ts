import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';
import { CounterFamily } from './counter-family.js';
import { GaugeFamily, type GaugeOptions } from './gauge-family.js';
import { HistogramFamily, type HistogramOptions } from './histogram-family.js';
import type { FamilyOptions, MetricValue } from './labelled-family.js';

/** Of prom-client's own: gauges that are named as counters are, sums of others. `promtool check metrics` refuses them. */
const MISNAMED = ['handles', 'requests', 'resources'].map(kind => `nodejs_active_${kind}_total`);

/** What a metric is, for the documentation and its test. */
export interface MetricDescription {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/**
 * All metrics of an app. Rooms make their families here at boot and count by plain additions; what is shown is put together
 * when somebody looks. prom-client gives the text format and the figures of the process. Also the injection token: a room
 * that finds none counts nothing.
 */
export class Metrics {
  private readonly registry = new Registry();

  /** Adds the process' own figures: CPU, memory, heap, garbage collection, event loop. Once. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
  }

  /** @throws Error  if the name is taken */
  counter(options: FamilyOptions): CounterFamily {
    return this.register(new CounterFamily(options));
  }

  /** @throws Error  if the name is taken */
  histogram(options: HistogramOptions): HistogramFamily {
    return this.register(new HistogramFamily(options));
  }

  /** @throws Error  if the name is taken */
  gauge(options: GaugeOptions): GaugeFamily {
    return this.register(new GaugeFamily(options));
  }

  /** The media type of {@link text}. */
  get contentType(): string {
    return this.registry.contentType;
  }

  /** @returns everything in Prometheus' text format */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  /**
   * @param name  a family's
   * @returns what it stands at, one for each series and, of histograms, each bucket; empty where there is no such family
   */
  async values(name: string): Promise<readonly MetricValue[]> {
    const family = this.registry.getSingleMetric(name) as { get(): Promise<{ values: MetricValue[] }> } | undefined;
    return family === undefined ? [] : (await family.get()).values;
  }

  /** @returns what there is, by name; those of the process included */
  describe(): readonly MetricDescription[] {
    return (this.registry.getMetricsAsArray() as unknown as (MetricDescription & { labelNames?: string[] })[]).map(
      ({ name, type, help, labelNames = [] }) => ({ name, type, help, labels: labelNames }),
    );
  }

  // The registry asks of a metric nothing but its name and `get`; the type wants prom-client's own classes.
  private register<T extends { readonly name: string }>(family: T): T {
    this.registry.registerMetric(family as unknown as Metric);
    return family;
  }
}
