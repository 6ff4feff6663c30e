import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { TracingOptions } from '../tracing-options.js';
import type { SpanCounts } from '../span-counts.js';

/** The most that one export carries. */
const MAX_BATCH = 512;
/** Milliseconds that the last spans get when the app ends. */
const FLUSH_MS = 2_000;
/** Longer than an export's own time, which ends it first. */
const EXPORT_MARGIN_MS = 1_000;

/** OpenTelemetry's code for an export that was taken; its enum is in a package that nothing else is needed of. */
const TAKEN = 0;

/** Told when spans are lost, and when they are not any more. */
export interface QueueLog {
  warn(message: string): void;
  log(message: string): void;
}

/**
 * Spans on their way out: OpenTelemetry's batches, behind a bound of our own that counts. All spans of a trace go in, or none; a collector
 * that is slow or away costs that memory and nothing else.
 */
export class SpanQueue {
  private readonly processor: BatchSpanProcessor;
  private readonly maxWaiting: number;
  private waiting = 0;
  private isLosing = false;

  constructor(
    private readonly exporter: SpanExporter,
    private readonly counts: SpanCounts,
    private readonly log: QueueLog,
    {
      maxQueuedSpans,
      scheduleDelayMs,
      timeoutMs,
    }: Pick<TracingOptions, 'maxQueuedSpans' | 'scheduleDelayMs' | 'timeoutMs'>,
  ) {
    this.maxWaiting = maxQueuedSpans;
    const counted: SpanExporter = {
      export: (spans, done) => this.export(spans, done),
      shutdown: () => exporter.shutdown(),
    };
    this.processor = new BatchSpanProcessor(counted, {
      maxQueueSize: maxQueuedSpans,
      maxExportBatchSize: MAX_BATCH,
      scheduledDelayMillis: scheduleDelayMs,
      exportTimeoutMillis: timeoutMs + EXPORT_MARGIN_MS,
    });
  }

  /** Takes the spans of one request, or drops and counts them all. */
  add(spans: readonly ReadableSpan[]): void {
    if (this.waiting + spans.length > this.maxWaiting) {
      this.lost(spans.length, 'queue-full');
      return;
    }
    this.waiting += spans.length;
    for (const span of spans) this.processor.onEnd(span);
  }

  /** Sends what is left, within two seconds. */
  async end(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>(resolve => (timer = setTimeout(resolve, FLUSH_MS).unref()));
    // What could not be sent was counted.
    await Promise.race([this.processor.shutdown().catch(() => undefined), patience]);
    clearTimeout(timer);
  }

  private export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    this.waiting -= spans.length;
    this.exporter.export(spans, result => {
      if (Number(result.code) === TAKEN) this.sent(spans.length);
      else this.lost(spans.length, 'not-taken', result.error);
      done(result);
    });
  }

  private sent(spans: number): void {
    this.counts.exported.add(spans);
    // Where all places are taken again at once, nothing is better yet.
    if (!this.isLosing || this.waiting > this.maxWaiting / 2) return;
    this.isLosing = false;
    this.log.log('the collector takes traces again');
  }

  private lost(spans: number, reason: 'queue-full' | 'not-taken', error?: Error & { readonly code?: unknown }): void {
    this.counts.dropped[reason].add(spans);
    if (this.isLosing) return;
    this.isLosing = true;
    // Its message may hold what the collector wrote.
    const why = reason === 'queue-full' ? 'too many wait' : `the collector does not take them (${told(error)})`;
    this.log.warn(
      `traces are lost: ${why}. They are counted in guichet_trace_spans_dropped_total; pages are not affected`,
    );
  }
}

function told(error: (Error & { readonly code?: unknown }) | undefined): string {
  const code = error?.code;
  return typeof code === 'number' ? `HTTP ${code}` : typeof code === 'string' ? code : 'no answer in time';
}
