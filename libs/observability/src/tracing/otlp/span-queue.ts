import type { SpanCounts } from '../span-counts.js';
import type { TracingOptions } from '../tracing-options.js';
import { SpanBatch } from './span-batch.js';

/** So many spans go out without waiting for more. */
const FULL_BATCH = 512;
/** Exports under way at once; a collector that is far away takes as long for one as for several. */
export const MAX_UNDER_WAY = 4;
/** Milliseconds that the last spans get when the app ends. */
const FLUSH_MS = 2_000;

/** OpenTelemetry's code for an export that was taken; its enum is in a package that nothing else is needed of. */
const TAKEN = 0;

/** How an export ended, as OpenTelemetry's exporters say it. */
export interface ExportEnd {
  /** 0: it was taken. */
  readonly code: number;
  readonly error?: Error & { readonly code?: unknown };
}

/** Sends batches to a collector. */
export interface BatchExporter {
  /** @param done  told once, later */
  export(batch: SpanBatch, done: (end: ExportEnd) => void): void;
  /** Lets go of its connections. */
  shutdown(): Promise<void>;
}

/** Told when spans are lost, and when they are not any more. */
export interface QueueLog {
  warn(message: string): void;
  log(message: string): void;
}

/**
 * Spans on their way out, in batches, behind a bound that counts. All spans of a trace go in, or none; a collector that is slow or away
 * costs that memory and nothing else.
 */
export class SpanQueue {
  private readonly maxWaiting: number;
  private readonly delayMs: number;
  private filling: SpanBatch | undefined;
  private readonly full: SpanBatch[] = [];
  /** One that was sent: its memory is used again. */
  private spare: SpanBatch | undefined;
  private timer: NodeJS.Timeout | undefined;
  private waiting = 0;
  private underWay = 0;
  private isLosing = false;
  private begun = 0;
  /** Exports that had begun when the collector took one again: of those that fail yet, all was told. */
  private told = 0;
  private onIdle: (() => void) | undefined;

  /** @param newBatch  makes an empty one */
  constructor(
    private readonly newBatch: () => SpanBatch,
    private readonly exporter: BatchExporter,
    private readonly counts: SpanCounts,
    private readonly log: QueueLog,
    { maxQueuedSpans, scheduleDelayMs }: Pick<TracingOptions, 'maxQueuedSpans' | 'scheduleDelayMs'>,
  ) {
    this.maxWaiting = maxQueuedSpans;
    this.delayMs = scheduleDelayMs;
  }

  /**
   * Takes the spans of one request, or drops and counts them all.
   * @param text  so many spans as OTLP's JSON, separated by commas
   */
  add(text: string, count: number): void {
    if (this.waiting + count > this.maxWaiting) {
      this.counts.dropped['queue-full'].add(count);
      this.tellLoss('too many wait');
      return;
    }
    this.waiting += count;
    this.filling ??= this.emptyBatch();
    this.filling.add(text, count);
    if (this.filling.count >= FULL_BATCH) this.close();
    else this.timer ??= setTimeout(() => this.close(), this.delayMs).unref();
  }

  /** Sends what is left, within two seconds; what is not taken by then is counted as lost. */
  async end(): Promise<void> {
    this.close();
    let patience: NodeJS.Timeout | undefined;
    if (this.underWay > 0) {
      await new Promise<void>(resolve => {
        this.onIdle = resolve;
        patience = setTimeout(resolve, FLUSH_MS).unref();
      });
    }
    clearTimeout(patience);
    const left = this.full.splice(0).reduce((sum, { count }) => sum + count, 0);
    if (left > 0) {
      this.counts.dropped['not-taken'].add(left);
      this.tellLoss('the app ends');
    }
    // What is under way has its own time limit.
    void this.exporter.shutdown().catch(() => undefined);
  }

  /** The batch that is being filled goes out as it is. */
  private close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.filling === undefined) return;
    this.full.push(this.filling);
    this.filling = undefined;
    this.send();
  }

  private send(): void {
    while (this.underWay < MAX_UNDER_WAY) {
      const batch = this.full.shift();
      if (batch === undefined) return;
      this.waiting -= batch.count;
      this.underWay++;
      const number = ++this.begun;
      this.exporter.export(batch, end => this.ended(batch, number, end));
    }
  }

  private ended(batch: SpanBatch, number: number, { code, error }: ExportEnd): void {
    this.underWay--;
    if (code === TAKEN) {
      this.sent(batch.count);
      // Of one that failed, somebody may still read.
      this.spare = batch;
    } else {
      this.counts.dropped['not-taken'].add(batch.count);
      if (number > this.told) this.tellLoss(`the collector does not take them (${reasonOf(error)})`);
    }
    this.send();
    if (this.underWay === 0) this.onIdle?.();
  }

  private emptyBatch(): SpanBatch {
    const { spare } = this;
    if (spare === undefined) return this.newBatch();
    this.spare = undefined;
    spare.empty();
    return spare;
  }

  private sent(spans: number): void {
    this.counts.exported.add(spans);
    // Where all places are taken again at once, nothing is better yet.
    if (!this.isLosing || this.waiting > this.maxWaiting / 2) return;
    this.isLosing = false;
    this.told = this.begun;
    this.log.log('the collector takes traces again');
  }

  /** @param why  nothing of the collector's own words */
  private tellLoss(why: string): void {
    if (this.isLosing) return;
    this.isLosing = true;
    this.log.warn(
      `traces are lost: ${why}. They are counted in guichet_trace_spans_dropped_total; pages are not affected`,
    );
  }
}

function reasonOf(error: ExportEnd['error']): string {
  const code = error?.code;
  return typeof code === 'number' ? `HTTP ${code}` : typeof code === 'string' ? code : 'no answer in time';
}
