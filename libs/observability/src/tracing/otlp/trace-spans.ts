import { type Attributes, type SpanContext, SpanKind, type SpanStatus, SpanStatusCode } from '@opentelemetry/api';
import type { Clock, Sampled } from 'guichet/kernel';
import { FinishedSpan, type SpanOrigin } from './finished-span.js';
import { TraceTime } from './trace-time.js';

/** The most spans that are told of one request: a page that makes thousands of calls is not told whole. */
const MAX_SPANS = 1_000;
const SAMPLED = 1;

const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };
const ERROR: SpanStatus = { code: SpanStatusCode.ERROR };

/** One span, as it is told. Instants are milliseconds on the kernel's clock. */
export interface ToldSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: Attributes;
  readonly isError: boolean;
}

/** The spans of one request, as they are put together. */
export class TraceSpans {
  readonly all: FinishedSpan[] = [];
  /** How many were too many. */
  leftOut = 0;
  /** The request's own. */
  readonly request: SpanContext;
  private readonly time: TraceTime;

  constructor(
    private readonly origin: SpanOrigin,
    private readonly sampled: Sampled,
    clock: Clock,
  ) {
    this.time = new TraceTime(clock);
    this.request = this.context(sampled.spanId);
  }

  /** Adds the request's own span, under the client's where it has one. */
  addRequest(told: ToldSpan): void {
    const { parentSpanId } = this.sampled;
    const parent = parentSpanId === undefined ? undefined : { ...this.context(parentSpanId), isRemote: true };
    this.push(this.request, parent, told);
  }

  /**
   * Adds a span below another.
   * @param spanId  the one it went by on the wire, where it did
   * @returns what spans below it are given as their parent
   */
  add(parent: SpanContext, told: ToldSpan, spanId: string = this.sampled.newSpanId()): SpanContext {
    const context = this.context(spanId);
    // One place is the request's own, which is added last.
    if (this.all.length < MAX_SPANS - 1) this.push(context, parent, told);
    else this.leftOut++;
    return context;
  }

  private push(context: SpanContext, parent: SpanContext | undefined, told: ToldSpan): void {
    const { name, kind, startedAt, endedAt, attributes, isError } = told;
    const start = this.time.at(startedAt);
    const end = this.time.at(Math.max(startedAt, endedAt));
    const status = isError ? ERROR : UNSET;
    this.all.push(new FinishedSpan(this.origin, context, parent, name, kind, start, end, attributes, status));
  }

  private context(spanId: string): SpanContext {
    return { traceId: this.sampled.traceId, spanId, traceFlags: SAMPLED };
  }
}
