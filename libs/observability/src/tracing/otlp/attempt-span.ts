import { SpanKind } from '@opentelemetry/api';
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_RESEND_COUNT,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from '@opentelemetry/semantic-conventions';
import type { AttemptTrace, CallTrace } from 'guichet/kernel';
import type { AttributeSink } from './attribute-sink.js';
import { ATTEMPT_KIND, ATTEMPT_NUMBER, PEER_SERVICE, RESPONSE_BODY_SIZE, URL_TEMPLATE } from './attributes.js';
import { isOver, tellEnding } from './ending.js';
import { HTTP_METHODS } from './http-methods.js';
import { ToldSpan, type TraceOrigin } from './told-span.js';

/** One attempt at one instance: the span that the upstream was told as its parent. */
export class AttemptSpan extends ToldSpan {
  constructor(
    trace: TraceOrigin,
    spanId: string,
    parentSpanId: string,
    private readonly call: CallTrace,
    private readonly attempt: AttemptTrace,
  ) {
    super(trace, spanId, parentSpanId);
  }

  get name(): string {
    return `${this.call.method} ${this.call.template}`;
  }

  get kind(): SpanKind {
    return SpanKind.CLIENT;
  }

  get isError(): boolean {
    return this.attempt.code !== undefined && isOver(this.attempt, this.trace.until);
  }

  get startedAt(): number {
    return this.attempt.startedAt;
  }

  get endedAt(): number {
    return isOver(this.attempt, this.trace.until) ? this.attempt.endedAt! : this.trace.until;
  }

  tell(to: AttributeSink): void {
    const { upstream, method, template } = this.call;
    const { number, kind, instance, status, bytes } = this.attempt;
    // Other protocols have words of their own.
    if (HTTP_METHODS.has(method)) to.text(ATTR_HTTP_REQUEST_METHOD, method);
    to.text(URL_TEMPLATE, template);
    const colon = instance.lastIndexOf(':');
    const isBracketed = instance.startsWith('[');
    to.text(ATTR_SERVER_ADDRESS, isBracketed ? instance.slice(1, colon - 1) : instance.slice(0, colon));
    to.number(ATTR_SERVER_PORT, Number(instance.slice(colon + 1)));
    to.text(PEER_SERVICE, upstream);
    to.number(ATTEMPT_NUMBER, number);
    to.text(ATTEMPT_KIND, kind);
    tellEnding(this.attempt, this.trace.until, to);
    if (kind === 'retry') to.number(ATTR_HTTP_REQUEST_RESEND_COUNT, number - 1);
    if (!isOver(this.attempt, this.trace.until)) return;
    if (status > 0) to.number(ATTR_HTTP_RESPONSE_STATUS_CODE, status);
    if (bytes > 0) to.number(RESPONSE_BODY_SIZE, bytes);
  }
}
