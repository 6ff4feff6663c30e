import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { convertLegacyHttpOptions, createOtlpHttpExportDelegate } from '@opentelemetry/otlp-exporter-base/node-http';
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { ATTR_SERVICE_INSTANCE_ID, ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';
import type { Clock } from 'guichet/kernel';
import { readPairs } from '../pairs.js';
import type { SpanCounts } from '../span-counts.js';
import type { TracingOptions } from '../tracing-options.js';
import { otlpEnvelope } from './otlp-envelope.js';
import { SpanBatch } from './span-batch.js';
import { type BatchExporter, MAX_UNDER_WAY, SpanQueue } from './span-queue.js';
import { TraceListener } from './trace-listener.js';

/** Spans on their way to a collector, and who writes them. */
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
  const { head, tail } = otlpEnvelope(resourceOf(name, options).attributes);
  const newBatch = (): SpanBatch => new SpanBatch(head, tail);
  const queue = new SpanQueue(newBatch, batchExporter(options), counts, new Logger('Tracing'), options);
  return { listener: new TraceListener(clock, (text, count) => queue.add(text, count)), end: () => queue.end() };
}

/** OpenTelemetry's way to a collector, with its retries, time limits, compression and certificates. */
function batchExporter({ endpoint, secretHeaders, timeoutMs, compression }: TracingOptions): BatchExporter {
  const http = convertLegacyHttpOptions(
    {
      url: endpoint!,
      headers: readPairs(secretHeaders) ?? {},
      timeoutMillis: timeoutMs,
      compression: compression as CompressionAlgorithm,
      concurrencyLimit: MAX_UNDER_WAY,
    },
    'TRACES',
    'v1/traces',
    { 'Content-Type': 'application/json' },
  );
  const serializer = {
    serializeRequest: (batch: SpanBatch) => batch.finish(),
    // What the collector says of what it took is of no use to anybody here.
    deserializeResponse: () => ({}),
  };
  const counting = { name: 'span', countItems: ({ count }: SpanBatch) => count } as const;
  return createOtlpHttpExportDelegate(http, serializer, 'otlp_http_span_exporter', counting, undefined);
}

function resourceOf(name: string, { serviceName, resource }: TracingOptions): Resource {
  const service = serviceName ?? resource[ATTR_SERVICE_NAME] ?? name;
  return defaultResource().merge(
    resourceFromAttributes({ [ATTR_SERVICE_INSTANCE_ID]: randomUUID(), ...resource, [ATTR_SERVICE_NAME]: service }),
  );
}
