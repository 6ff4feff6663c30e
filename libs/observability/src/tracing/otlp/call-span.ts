import { SpanKind } from '@opentelemetry/api';
import type { CallTrace } from 'guichet/kernel';
import type { AttributeSink } from './attribute-sink.js';
import { CALL_CACHED, CALL_QUEUED, CALL_RETRY_REFUSED, CALL_SHARED, UPSTREAM, URL_TEMPLATE } from './attributes.js';
import { isOver, tellEnding } from './ending.js';
import { ToldSpan, type TraceOrigin } from './told-span.js';

/** One call of an upstream, all its attempts and what they waited for included. */
export class CallSpan extends ToldSpan {
  constructor(
    trace: TraceOrigin,
    spanId: string,
    parentSpanId: string,
    private readonly call: CallTrace,
  ) {
    super(trace, spanId, parentSpanId);
  }

  get name(): string {
    const { upstream, method, template } = this.call;
    return `${upstream} ${method} ${template}`;
  }

  /** What leaves the process are its attempts: a client's span of its own would be an edge too many in a map of services. */
  get kind(): SpanKind {
    return SpanKind.INTERNAL;
  }

  get isError(): boolean {
    return this.call.code !== undefined && isOver(this.call, this.trace.until);
  }

  get startedAt(): number {
    return this.call.startedAt;
  }

  get endedAt(): number {
    return isOver(this.call, this.trace.until) ? this.call.endedAt! : this.trace.until;
  }

  tell(to: AttributeSink): void {
    const { call } = this;
    to.text(UPSTREAM, call.upstream);
    to.text(URL_TEMPLATE, call.template);
    tellEnding(call, this.trace.until, to);
    if (call.isShared) to.flag(CALL_SHARED, true);
    if (call.isQueued) to.flag(CALL_QUEUED, true);
    if (call.isCached) to.flag(CALL_CACHED, true);
    if (call.isRetryRefused) to.flag(CALL_RETRY_REFUSED, true);
  }
}
