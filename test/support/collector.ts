import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from './until.js';

/** A span as it came, its attributes by name. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** OTLP's: 1 internal, 2 server, 3 client. */
  readonly kind: number;
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** OTLP's: 2 is an error. */
  readonly status: number;
  /** What is said of the process. */
  readonly resource: Readonly<Record<string, unknown>>;
}

/** A collector that takes OTLP over HTTP, as JSON, and keeps all it gets. */
export class Collector {
  readonly spans: ReceivedSpan[] = [];
  /** Of every export. */
  readonly headers: IncomingHttpHeaders[] = [];
  /** What it answers with; 0 leaves exports without an answer. */
  status = 200;
  private readonly hanging: ServerResponse[] = [];
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.headers.push(request.headers);
      const isForTraces = request.method === 'POST' && request.url === '/v1/traces';
      if (this.status === 200 && isForTraces) this.spans.push(...spansOf(Buffer.concat(chunks).toString()));
      if (this.status === 0) this.hanging.push(response);
      else response.writeHead(isForTraces ? this.status : 404, { 'Content-Type': 'application/json' }).end('{}');
    });
  });

  /** @returns its `http://127.0.0.1:<port>`, for `OTEL_EXPORTER_OTLP_ENDPOINT` */
  async start(port = 0): Promise<string> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  /** @returns all spans of a trace, once its request's own is there: they come together */
  async trace(traceId: string): Promise<readonly ReceivedSpan[]> {
    await until(`trace ${traceId} is exported`, () => this.of(traceId).some(({ kind }) => kind === 2));
    return this.of(traceId);
  }

  /** @returns the spans of a trace that are there so far */
  of(traceId: string): readonly ReceivedSpan[] {
    return this.spans.filter(span => span.traceId === traceId);
  }
}

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly status: { readonly code?: number };
}

interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

function spansOf(body: string): ReceivedSpan[] {
  const { resourceSpans } = JSON.parse(body) as ExportRequest;
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ startTimeUnixNano, endTimeUnixNano, attributes, status, parentSpanId, ...span }) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId,
        name: span.name,
        kind: span.kind,
        startMs: milliseconds(startTimeUnixNano),
        endMs: milliseconds(endTimeUnixNano),
        attributes: byName(attributes),
        status: status.code ?? 0,
        resource: byName(resource.attributes),
      })),
    ),
  );
}

function milliseconds(nanoseconds: string): number {
  return Number(BigInt(nanoseconds) / 1_000n) / 1_000;
}

function byName(attributes: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));
}

function plain(value: Readonly<Record<string, unknown>>): unknown {
  const { arrayValue } = value as { arrayValue?: { values: Record<string, unknown>[] } };
  return arrayValue === undefined ? Object.values(value)[0] : arrayValue.values.map(plain);
}
