import type { Attributes, HrTime, Link, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace-base';

/** What all spans of a process have in common. */
export interface SpanOrigin {
  readonly resource: Resource;
  readonly instrumentationScope: ReadableSpan['instrumentationScope'];
}

const NO_LINKS: Link[] = [];
const NO_EVENTS: TimedEvent[] = [];

/**
 * A span that was over before it was made: told from what was written down, with the ids that went over the wire.
 * @see docs/decisions/0024-spans-told-afterwards.md
 */
export class FinishedSpan implements ReadableSpan {
  readonly ended = true;
  readonly links = NO_LINKS;
  readonly events = NO_EVENTS;
  readonly droppedAttributesCount = 0;
  readonly droppedEventsCount = 0;
  readonly droppedLinksCount = 0;
  declare readonly parentSpanContext?: SpanContext;

  /** @param parent  undefined where the trace begins */
  constructor(
    private readonly origin: SpanOrigin,
    private readonly context: SpanContext,
    parent: SpanContext | undefined,
    readonly name: string,
    readonly kind: SpanKind,
    readonly startTime: HrTime,
    readonly endTime: HrTime,
    readonly attributes: Attributes,
    readonly status: SpanStatus,
  ) {
    if (parent !== undefined) this.parentSpanContext = parent;
  }

  get resource(): Resource {
    return this.origin.resource;
  }

  get instrumentationScope(): ReadableSpan['instrumentationScope'] {
    return this.origin.instrumentationScope;
  }

  get duration(): HrTime {
    const seconds = this.endTime[0] - this.startTime[0];
    const nanoseconds = this.endTime[1] - this.startTime[1];
    return nanoseconds < 0 ? [seconds - 1, nanoseconds + 1_000_000_000] : [seconds, nanoseconds];
  }

  spanContext(): SpanContext {
    return this.context;
  }
}
