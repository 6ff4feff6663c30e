import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { ATTR_SERVICE_INSTANCE_ID, ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';
import type { Clock } from 'guichet/kernel';
import type { SpanCounts } from '../span-counts.js';
import type { TracingOptions } from '../tracing-options.js';
import { SpanQueue } from './span-queue.js';
import { TraceListener } from './trace-listener.js';

type ExporterConfig = NonNullable<ConstructorParameters<typeof OTLPTraceExporter>[0]>;

/** Exports under way at once: when the app ends, all that waits goes out together. */
const MAX_EXPORTS = 8;

/** Spans on their way to a collector, and who makes them. */
export interface SpanExport {
  readonly listener: TraceListener;
  /** Sends what is left, within two seconds. */
  end(): Promise<void>;
}

/**
 * Sends the spans of sampled requests by OTLP over HTTP. This file loads OpenTelemetry's SDK: it is imported only where traces are recorded.
 * @param name  what the app is called where nothing else is said
 */
export function exportSpans(name: string, options: TracingOptions, counts: SpanCounts, clock: Clock): SpanExport {
  const { endpoint, headers, timeoutMs, compression } = options;
  const exporter = new OTLPTraceExporter({
    url: endpoint!,
    headers: { ...headers },
    timeoutMillis: timeoutMs,
    compression: compression as NonNullable<ExporterConfig['compression']>,
    concurrencyLimit: MAX_EXPORTS,
  });
  const queue = new SpanQueue(exporter, counts, new Logger('Tracing'), options);
  const origin = { resource: resourceOf(name, options), instrumentationScope: { name: 'guichet' } };
  return { listener: new TraceListener(origin, clock, spans => queue.add(spans)), end: () => queue.end() };
}

function resourceOf(name: string, { serviceName, resource }: TracingOptions): Resource {
  const service = serviceName ?? resource[ATTR_SERVICE_NAME] ?? name;
  return defaultResource().merge(
    resourceFromAttributes({ [ATTR_SERVICE_INSTANCE_ID]: randomUUID(), ...resource, [ATTR_SERVICE_NAME]: service }),
  );
}
