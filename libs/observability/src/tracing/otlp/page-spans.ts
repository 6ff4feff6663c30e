import { type Attributes, type SpanContext, SpanKind } from '@opentelemetry/api';
import type { AttemptTrace, CallTrace, PageTrace, SectionTrace } from 'guichet/kernel';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_RESEND_COUNT,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from '@opentelemetry/semantic-conventions';
import {
  ATTEMPT_KIND,
  ATTEMPT_NUMBER,
  CALL_CACHED,
  CALL_QUEUED,
  CALL_RETRY_REFUSED,
  CALL_SHARED,
  OUTCOME,
  OUTLIVED,
  PEER_SERVICE,
  RESPONSE_BODY_SIZE,
  SECTION,
  SECTION_REASON,
  SECTION_REQUIRED,
  SECTION_STATE,
  UPSTREAM,
  URL_TEMPLATE,
} from './attributes.js';
import { HTTP_METHODS } from './http-methods.js';
import type { TraceSpans } from './trace-spans.js';

/** Tells a page's sections, their calls and the calls' attempts, each below what it was made for. */
export function addPage(spans: TraceSpans, trace: PageTrace, endedAt: number): void {
  const until = trace.endedAt ?? endedAt;
  trace.sections.forEach((section, index) => {
    addSection(spans, section, trace.plan.sections[index]!.isRequired, until);
  });
}

function addSection(spans: TraceSpans, section: SectionTrace, isRequired: boolean, until: number): void {
  const { name, launchedAt, endedAt, outcome, reason, calls } = section;
  // One that was never reached is not told; one that was skipped took no time.
  if (launchedAt === undefined && outcome === undefined) return;
  const span = spans.add(spans.request, {
    name: `section ${name}`,
    kind: SpanKind.INTERNAL,
    startedAt: launchedAt ?? endedAt!,
    endedAt: endedAt ?? until,
    attributes: {
      [SECTION]: name,
      [SECTION_REQUIRED]: isRequired,
      ...(outcome !== undefined && { [SECTION_STATE]: outcome }),
      ...(reason !== undefined && { [SECTION_REASON]: reason }),
      ...(outcome === 'failed' && { [ATTR_ERROR_TYPE]: reason! }),
    },
    isError: outcome === 'failed',
  });
  for (const call of calls) addCall(spans, span, call, until);
}

function addCall(spans: TraceSpans, parent: SpanContext, call: CallTrace, until: number): void {
  const { upstream, method, template, startedAt, endedAt, code, attempts } = call;
  const name = `${method} ${template}`;
  const span = spans.add(parent, {
    name: `${upstream} ${name}`,
    // What leaves the process are its attempts: a client's span of its own would be an edge too many in a map of services.
    kind: SpanKind.INTERNAL,
    startedAt,
    endedAt: endedAt ?? until,
    attributes: {
      [UPSTREAM]: upstream,
      [URL_TEMPLATE]: template,
      ...ending(call),
      ...(call.isShared && { [CALL_SHARED]: true }),
      ...(call.isQueued && { [CALL_QUEUED]: true }),
      ...(call.isCached && { [CALL_CACHED]: true }),
      ...(call.isRetryRefused && { [CALL_RETRY_REFUSED]: true }),
    },
    isError: code !== undefined,
  });
  for (const attempt of attempts) addAttempt(spans, span, call, attempt, name, until);
}

function addAttempt(
  spans: TraceSpans,
  parent: SpanContext,
  { upstream, method, template }: CallTrace,
  attempt: AttemptTrace,
  name: string,
  until: number,
): void {
  const { number, kind, instance, startedAt, endedAt, code, status, bytes, spanId } = attempt;
  const colon = instance.lastIndexOf(':');
  const told = {
    name,
    kind: SpanKind.CLIENT,
    startedAt,
    endedAt: endedAt ?? until,
    attributes: {
      // Other protocols have words of their own.
      ...(HTTP_METHODS.has(method) && { [ATTR_HTTP_REQUEST_METHOD]: method }),
      [URL_TEMPLATE]: template,
      [ATTR_SERVER_ADDRESS]: instance.slice(0, colon).replace(/^\[|\]$/g, ''),
      [ATTR_SERVER_PORT]: Number(instance.slice(colon + 1)),
      [PEER_SERVICE]: upstream,
      [ATTEMPT_NUMBER]: number,
      [ATTEMPT_KIND]: kind,
      ...ending(attempt),
      ...(kind === 'retry' && { [ATTR_HTTP_REQUEST_RESEND_COUNT]: number - 1 }),
      ...(status > 0 && { [ATTR_HTTP_RESPONSE_STATUS_CODE]: status }),
      ...(bytes > 0 && { [RESPONSE_BODY_SIZE]: bytes }),
    },
    isError: code !== undefined,
  };
  spans.add(parent, told, spanId);
}

function ending({ outcome, code }: CallTrace | AttemptTrace): Attributes {
  if (outcome === undefined) return { [OUTLIVED]: true };
  return { [OUTCOME]: outcome, ...(code !== undefined && { [ATTR_ERROR_TYPE]: code }) };
}
