import { setImmediate as pause } from 'node:timers/promises';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { CounterFamily } from './counter-family.js';
import { HistogramFamily, type HistogramOptions } from './histogram-family.js';
import type { FamilyOptions } from './labelled-family.js';
import type { MetricValue } from './metric-value.js';
import { ReadFamily, type ReadOptions } from './read-family.js';

/** Of prom-client's own: gauges that are named as counters are, sums of others. `promtool check metrics` refuses them. */
const MISNAMED = ['handles', 'requests', 'resources'].map(kind => `nodejs_active_${kind}_total`);

/** What a metric is, for the documentation and its test. */
export interface MetricDescription {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** The metrics of one name. */
interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  text(): string;
  values(): readonly MetricValue[];
}

/**
 * All metrics of an app. Rooms make their families here at boot and count by plain additions; what is shown is put together
 * when somebody looks. prom-client adds the figures of the process. Also the injection token: a room that finds none counts
 * nothing.
 */
export class Metrics {
  /** The media type of {@link text}. */
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  private readonly families = new Map<string, Family>();
  private readonly process = new Registry();

  /** Adds the process' own figures: CPU, memory, heap, garbage collection, event loop. Once. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.process });
    for (const name of MISNAMED) this.process.removeSingleMetric(name);
  }

  /** @throws Error  if the name is taken */
  counter(options: FamilyOptions): CounterFamily {
    return this.add(new CounterFamily(options));
  }

  /** @throws Error  if the name is taken */
  histogram(options: HistogramOptions): HistogramFamily {
    return this.add(new HistogramFamily(options));
  }

  /** Values that go up and down. @throws Error  if the name is taken */
  gauge(options: ReadOptions): ReadFamily {
    return this.add(new ReadFamily('gauge', options));
  }

  /** Values that only grow and are counted where they live, as a gauge's are read. @throws Error  if the name is taken */
  readCounter(options: ReadOptions): ReadFamily {
    return this.add(new ReadFamily('counter', options));
  }

  /** @returns everything in Prometheus' text format; between two families, requests have their turn */
  async text(): Promise<string> {
    const shown: string[] = [];
    for (const family of this.families.values()) {
      shown.push(family.text(), '\n');
      await pause();
    }
    shown.push(await this.process.metrics());
    return shown.join('');
  }

  /**
   * @param name  a family's
   * @returns what it stands at, one for each series and, of histograms, each bucket; empty where there is no such family
   */
  values(name: string): readonly MetricValue[] {
    return this.families.get(name)?.values() ?? [];
  }

  /** @returns what there is, by name; those of the process included */
  describe(): readonly MetricDescription[] {
    const ofProcess = this.process.getMetricsAsArray() as unknown as readonly (Omit<Family, 'labelNames'> & {
      readonly labelNames?: readonly string[];
    })[];
    return [...this.families.values(), ...ofProcess].map(({ name, type, help, labelNames = [] }) => ({
      name,
      type,
      help,
      labels: labelNames,
    }));
  }

  private add<T extends Family>(family: T): T {
    if (this.families.has(family.name)) throw new Error(`there is a metric ${family.name} already`);
    this.families.set(family.name, family);
    return family;
  }
}
