import type { Clock, TimerHandle } from 'guichet/kernel';
import type { Metrics } from 'guichet/observability';
import { Ring } from '../kept/ring.js';
import { HistogramReading } from './histogram-reading.js';

/** Milliseconds between two samples. */
export const SAMPLE_MS = 5_000;
/** Samples that are kept: five minutes. */
const KEPT = 60;

/** What one upstream did in the while before a sample. */
export interface UpstreamSample {
  /** Attempts a second. */
  readonly rate: number;
  /** Of them, those that failed. */
  readonly failureRate: number;
  /** Milliseconds that half of the attempts took at most, and nineteen in twenty; null where there were none. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

/** What all upstreams did in the while before a moment. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly upstreams: Readonly<Record<string, UpstreamSample>>;
}

type Reading = ReadonlyMap<string, { readonly attempts: number; readonly failed: number; durations: HistogramReading }>;

/** The last minutes of all upstreams, out of what is counted anyway: nothing is added to a call's way. */
export class History {
  private readonly samples = new Ring<Sample>(KEPT);
  private before: Reading | undefined;
  private beforeAt = 0;
  private timer: TimerHandle | undefined;

  constructor(
    private readonly metrics: Metrics,
    private readonly clock: Clock,
    private readonly onSample: (sample: Sample) => void,
  ) {}

  /** Begins to take samples; the first comes after twice the while between two. */
  start(): void {
    this.timer = this.clock.setTimer(() => {
      this.take();
      this.start();
    }, SAMPLE_MS);
  }

  /** Takes no more. Safe to call twice. */
  stop(): void {
    this.timer?.clear();
    this.timer = undefined;
  }

  /** @returns what was sampled, the oldest first */
  get all(): readonly Sample[] {
    return this.samples.items;
  }

  /** Takes one sample. The first only remembers where the counters stand. */
  take(): void {
    const now = this.clock.now();
    const reading = this.read();
    const { before } = this;
    if (before !== undefined && now > this.beforeAt) {
      const seconds = (now - this.beforeAt) / 1_000;
      const sample = { at: this.clock.epochMs(), upstreams: differences(before, reading, seconds) };
      this.samples.add(sample);
      this.onSample(sample);
    }
    this.before = reading;
    this.beforeAt = now;
  }

  private read(): Reading {
    const attempts = this.metrics.values('guichet_upstream_attempts_total');
    const durations = this.metrics.values('guichet_upstream_attempt_duration_seconds');
    const found = new Map<string, { attempts: number; failed: number; durations: HistogramReading }>();
    const of = (name: string) => {
      let known = found.get(name);
      if (known === undefined) found.set(name, (known = { attempts: 0, failed: 0, durations: new HistogramReading() }));
      return known;
    };
    for (const { labels, value } of attempts) {
      const upstream = of(labels['upstream']!);
      upstream.attempts += value;
      if (labels['outcome'] === 'failed') upstream.failed += value;
    }
    for (const { labels, value } of durations)
      if (labels['le'] !== undefined) of(labels['upstream']!).durations.add(Number(labels['le']), value);
    return found;
  }
}

function differences(before: Reading, after: Reading, seconds: number): Readonly<Record<string, UpstreamSample>> {
  return Object.fromEntries(
    [...after].map(([name, { attempts, failed, durations }]): [string, UpstreamSample] => {
      const then = before.get(name);
      const since = durations.since(then?.durations);
      return [
        name,
        {
          rate: hundredths((attempts - (then?.attempts ?? 0)) / seconds),
          failureRate: hundredths((failed - (then?.failed ?? 0)) / seconds),
          p50Ms: milliseconds(since.quantile(0.5)),
          p95Ms: milliseconds(since.quantile(0.95)),
        },
      ];
    }),
  );
}

const hundredths = (value: number): number => Math.round(value * 100) / 100;
const milliseconds = (seconds: number | undefined): number | null =>
  seconds === undefined ? null : Math.round(seconds * 10_000) / 10;
