import type { Clock, Sampled, SectionTrace } from 'guichet/kernel';
import type { FinishedRequest } from '../../request-listeners.js';
import { AttemptSpan } from './attempt-span.js';
import { CallSpan } from './call-span.js';
import { RequestSpan } from './request-span.js';
import { SectionSpan } from './section-span.js';
import type { SpanOrigin, ToldSpan, TraceOrigin } from './told-span.js';
import { TraceTime } from './trace-time.js';

/** The most spans that are told of one request: a page that makes thousands of calls is not told whole. */
const MAX_SPANS = 1_000;

/**
 * Makes the spans of a sampled request that is over: of the request, and where it was for a page, of its sections, their calls and the
 * calls' attempts, each below what it was made for.
 * @returns the request's own last
 */
export function spansOf(origin: SpanOrigin, finished: FinishedRequest, clock: Clock): ToldSpan[] {
  const { context, endedAt } = finished;
  const sampled = context.sampled!;
  const trace: TraceOrigin = {
    ...origin,
    traceId: sampled.traceId,
    time: new TraceTime(clock),
    until: context.trace?.endedAt ?? endedAt,
  };
  const spans: ToldSpan[] = [];
  context.trace?.sections.forEach((section, index) => {
    addSection(spans, trace, sampled, section, context.trace!.plan.sections[index]!.isRequired);
  });
  const leftOut = Math.max(0, spans.length - (MAX_SPANS - 1));
  spans.length -= leftOut;
  spans.push(new RequestSpan(trace, finished, leftOut));
  return spans;
}

function addSection(
  spans: ToldSpan[],
  trace: TraceOrigin,
  sampled: Sampled,
  section: SectionTrace,
  isRequired: boolean,
): void {
  // One that was never reached is not told.
  if (section.launchedAt === undefined && section.outcome === undefined) return;
  const sectionId = sampled.newSpanId();
  spans.push(new SectionSpan(trace, sectionId, sampled.spanId, section, isRequired));
  for (const call of section.calls) {
    const callId = sampled.newSpanId();
    spans.push(new CallSpan(trace, callId, sectionId, call));
    for (const attempt of call.attempts) {
      spans.push(new AttemptSpan(trace, attempt.spanId ?? sampled.newSpanId(), callId, call, attempt));
    }
  }
}
