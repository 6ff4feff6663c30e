import {
  type Attributes,
  type HrTime,
  type Link,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
} from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace-base';
import { AttributeRecord, type AttributeSink } from './attribute-sink.js';
import type { TraceTime } from './trace-time.js';

/** What all spans of a process have in common. */
export interface SpanOrigin {
  readonly resource: Resource;
  readonly instrumentationScope: ReadableSpan['instrumentationScope'];
}

/** What all spans of a request have in common. */
export interface TraceOrigin extends SpanOrigin {
  readonly traceId: string;
  readonly time: TraceTime;
  /** The instant the page was over: what is still under way then ends there. Milliseconds on the kernel's clock. */
  readonly until: number;
}

const SAMPLED = 1;
const NO_LINKS: Link[] = [];
const NO_EVENTS: TimedEvent[] = [];
const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };
const ERROR: SpanStatus = { code: SpanStatusCode.ERROR };

/**
 * A span that was over before it was made: told from what was written down, with the ids that went over the wire. It is an ordinary
 * span to OpenTelemetry's processors and exporters; what it says is put together when one of them asks.
 * @see docs/decisions/0026-spans-told-afterwards.md
 */
export abstract class ToldSpan implements ReadableSpan {
  /** Whether the parent is another process'. */
  readonly isParentRemote: boolean = false;
  abstract readonly name: string;
  abstract readonly kind: SpanKind;
  abstract readonly isError: boolean;
  /** Milliseconds on the kernel's clock. */
  abstract readonly startedAt: number;
  /** The same. */
  abstract readonly endedAt: number;

  /** @param parentSpanId  undefined where the trace begins */
  constructor(
    readonly trace: TraceOrigin,
    readonly spanId: string,
    readonly parentSpanId: string | undefined,
  ) {}

  /** Says all its attributes. */
  abstract tell(to: AttributeSink): void;

  spanContext(): SpanContext {
    return { traceId: this.trace.traceId, spanId: this.spanId, traceFlags: SAMPLED };
  }

  get parentSpanContext(): SpanContext {
    const { parentSpanId: spanId, isParentRemote: isRemote } = this;
    // Where there is none the property should be missing, which a getter cannot be; whoever asks expects it to.
    if (spanId === undefined) return undefined as never;
    return { traceId: this.trace.traceId, spanId, traceFlags: SAMPLED, isRemote };
  }

  get startTime(): HrTime {
    return this.trace.time.hrTime(this.startedAt);
  }

  get endTime(): HrTime {
    return this.trace.time.hrTime(this.endedAt);
  }

  get duration(): HrTime {
    const { time } = this.trace;
    const nanoseconds = (time.microseconds(this.endedAt) - time.microseconds(this.startedAt)) * 1_000;
    return [Math.floor(nanoseconds / 1e9), nanoseconds % 1e9];
  }

  get attributes(): Attributes {
    const record = new AttributeRecord();
    this.tell(record);
    return record.attributes;
  }

  get status(): SpanStatus {
    return this.isError ? ERROR : UNSET;
  }

  get resource(): Resource {
    return this.trace.resource;
  }

  get instrumentationScope(): ReadableSpan['instrumentationScope'] {
    return this.trace.instrumentationScope;
  }

  get ended(): boolean {
    return true;
  }

  get links(): Link[] {
    return NO_LINKS;
  }

  get events(): TimedEvent[] {
    return NO_EVENTS;
  }

  get droppedAttributesCount(): number {
    return 0;
  }

  get droppedEventsCount(): number {
    return 0;
  }

  get droppedLinksCount(): number {
    return 0;
  }
}
