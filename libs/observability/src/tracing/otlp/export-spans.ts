import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { type CompressionAlgorithm, OTLPExporterBase } from '@opentelemetry/otlp-exporter-base';
import { convertLegacyHttpOptions, createOtlpHttpExportDelegate } from '@opentelemetry/otlp-exporter-base/node-http';
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { ATTR_SERVICE_INSTANCE_ID, ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';
import type { Clock } from 'guichet/kernel';
import { readPairs } from '../pairs.js';
import type { SpanCounts } from '../span-counts.js';
import type { TracingOptions } from '../tracing-options.js';
import { OtlpJson } from './otlp-json.js';
import { SpanQueue } from './span-queue.js';
import type { SpanOrigin, ToldSpan } from './told-span.js';
import { TraceListener } from './trace-listener.js';

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
  const origin = { resource: resourceOf(name, options), instrumentationScope: { name: 'guichet' } };
  const queue = new SpanQueue(otlpExporter(origin, options), counts, new Logger('Tracing'), options);
  return { listener: new TraceListener(origin, clock, spans => queue.add(spans)), end: () => queue.end() };
}

/** OpenTelemetry's exporter, with its retries, time limits, compression and certificates, and our way of writing spans. */
function otlpExporter(
  origin: SpanOrigin,
  { endpoint, secretHeaders, timeoutMs, compression }: TracingOptions,
): OTLPExporterBase<ReadableSpan[]> {
  const json = new OtlpJson(origin);
  const http = convertLegacyHttpOptions(
    {
      url: endpoint!,
      headers: readPairs(secretHeaders) ?? {},
      timeoutMillis: timeoutMs,
      compression: compression as CompressionAlgorithm,
      concurrencyLimit: MAX_EXPORTS,
    },
    'TRACES',
    'v1/traces',
    { 'Content-Type': 'application/json' },
  );
  const serializer = {
    // Nobody else's spans come here.
    serializeRequest: (spans: ReadableSpan[]) => json.serializeRequest(spans as ToldSpan[]),
    deserializeResponse: () => json.deserializeResponse(),
  };
  const counting = { name: 'span', countItems: (spans: ReadableSpan[]) => spans.length } as const;
  return new OTLPExporterBase(
    createOtlpHttpExportDelegate(http, serializer, 'otlp_http_span_exporter', counting, undefined),
  );
}

function resourceOf(name: string, { serviceName, resource }: TracingOptions): Resource {
  const service = serviceName ?? resource[ATTR_SERVICE_NAME] ?? name;
  return defaultResource().merge(
    resourceFromAttributes({ [ATTR_SERVICE_INSTANCE_ID]: randomUUID(), ...resource, [ATTR_SERVICE_NAME]: service }),
  );
}
