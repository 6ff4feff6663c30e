import type { OnApplicationShutdown } from '@nestjs/common';
import { type BootProblems, type Clock, systemClock } from 'guichet/kernel';
import { AddressSet } from '../address-set.js';
import type { Metrics } from '../metrics/metrics.js';
import { RequestListeners, type RequestListener } from '../request-listeners.js';
import type { SpanExport } from './otlp/export-spans.js';
import { PageTracePermission } from './page-trace-permission.js';
import { RequestMarks } from './request-marks.js';
import { samplerOf } from './sampler.js';
import { SpanCounts } from './span-counts.js';
import { type TracingOptions, tracingOptions, type TracingOptionsInput } from './tracing-options.js';

/** The traces of an app: which requests have one, who is told, and where they go. Also the injection token. */
export class Tracing implements OnApplicationShutdown {
  /**
   * @param marks   undefined: no request has a trace of its own accord
   * @param counts  what became of spans
   */
  constructor(
    private readonly marks: RequestMarks | undefined,
    private readonly counts: SpanCounts,
    private readonly spans: SpanExport | undefined,
  ) {}

  /** @returns who is told of requests: these, and what makes spans of those that are sampled */
  listeners(others: readonly RequestListener[]): RequestListeners {
    return new RequestListeners(this.spans === undefined ? others : [...others, this.spans.listener], this.marks);
  }

  /** Shows what became of spans. Once. */
  countIn(metrics: Metrics): void {
    this.counts.show(metrics, this.spans !== undefined);
  }

  /** The last spans go out: requests are over by then. */
  async onApplicationShutdown(): Promise<void> {
    await this.spans?.end();
  }
}

/**
 * Makes ready what an app's traces need. Where none is recorded, OpenTelemetry's SDK is not even loaded.
 * @param name      what the app is called in traces where the environment does not say
 * @param problems  gathers what is wrong with the options
 * @throws BootError  if something is wrong and there is no `problems` to note it in
 */
export async function startTracing(
  name: string,
  input: TracingOptionsInput | undefined,
  environment: NodeJS.ProcessEnv,
  problems?: BootProblems,
  clock: Clock = systemClock,
): Promise<Tracing> {
  const options = tracingOptions(input, environment, problems);
  const permission = permissionOf(options, environment['NODE_ENV'] !== 'production', clock);
  const counts = new SpanCounts();
  if (options.endpoint === undefined) {
    return new Tracing(permission && new RequestMarks(undefined, permission), counts, undefined);
  }
  const { exportSpans } = await import('./otlp/export-spans.js');
  const marks = new RequestMarks(samplerOf(options.sampler, options.ratio), permission);
  return new Tracing(marks, counts, exportSpans(name, options, counts, clock));
}

function permissionOf(
  { pageTrace: { secret, networks }, trustedProxies }: TracingOptions,
  anybody: boolean,
  clock: Clock,
): PageTracePermission | undefined {
  const near = networks && new AddressSet(networks);
  const permission = new PageTracePermission({ anybody, secret, networks: near, trustedProxies }, clock);
  return permission.isGranted ? permission : undefined;
}
