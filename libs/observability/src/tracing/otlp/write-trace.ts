import type { Clock, PageTrace, Sampled } from 'guichet/kernel';
import type { FinishedRequest } from '../../request-listeners.js';
import { tenths } from '../../tenths.js';
import { bottleneck, criticalPath } from '../../waterfall/critical-path.js';
import { flagAttribute, numberAttribute, textAttribute } from './attribute.js';
import { DEPARTED, PAGE_GUARDS, REQUEST_ID, RESPONSE_BODY_SIZE, SPANS_LEFT_OUT } from './attributes.js';
import { endOf, isOver } from './ending.js';
import { SpanWriter } from './span-writer.js';
import { TraceTime } from './trace-time.js';
import type { TraceWords } from './trace-words.js';

/** The most spans that are told of one request: a page that makes thousands of calls is not told whole. */
const MAX_SPANS = 1_000;

/**
 * Writes the spans of a sampled request that is over: of the request, and where it was for a page, of its sections, their calls and the
 * calls' attempts, each below what it was made for. The request's own is the last.
 */
export function writeTrace(finished: FinishedRequest, words: TraceWords, clock: Clock): SpanWriter {
  const { context, endedAt } = finished;
  const { trace, requestId, startedAt, departed } = context;
  const sampled = context.sampled!;
  const writer = new SpanWriter(sampled.traceId, new TraceTime(clock));
  let more = `,${textAttribute(REQUEST_ID, requestId)}`;
  if (departed) more += `,${flagAttribute(DEPARTED, true)}`;
  if (trace !== undefined) more += writePage(writer, trace, trace.endedAt ?? endedAt, sampled, words);
  writer.root(sampled.spanId, sampled.parentSpanId, startedAt, endedAt, words.requests.of(finished), more);
  return writer;
}

/** @returns what is to be said of the page in its request's span */
function writePage(writer: SpanWriter, trace: PageTrace, until: number, sampled: Sampled, words: TraceWords): string {
  const { sections, bytes } = trace;
  const page = words.page(trace.plan);
  let leftOut = 0;
  for (let index = 0; index < sections.length; index++) {
    const section = sections[index]!;
    const { launchedAt, outcome, calls } = section;
    // One that was never reached is not told.
    if (launchedAt === undefined && outcome === undefined) continue;
    if (writer.count === MAX_SPANS - 1) {
      leftOut++;
      continue;
    }
    const sectionId = sampled.newSpanId();
    const endedAt = section.endedAt ?? until;
    // One that was skipped took no time.
    writer.child(sectionId, sampled.spanId, launchedAt ?? endedAt, endedAt, page.ofSection(index, section));
    for (const call of calls) {
      const spans = 1 + call.attempts.length;
      if (writer.count + spans >= MAX_SPANS) {
        leftOut += spans;
        continue;
      }
      const callId = sampled.newSpanId();
      const callWords = words.call(call);
      writer.child(callId, sectionId, call.startedAt, endOf(call, until), callWords.ofCall(call, until));
      for (const attempt of call.attempts) {
        writer.child(
          attempt.spanId ?? sampled.newSpanId(),
          callId,
          attempt.startedAt,
          endOf(attempt, until),
          callWords.ofAttempt(call, attempt, until),
          attempt.bytes > 0 && isOver(attempt, until) ? `,${numberAttribute(RESPONSE_BODY_SIZE, attempt.bytes)}` : '',
        );
      }
    }
  }
  let more = `,${page.ofPage(trace)},${numberAttribute(PAGE_GUARDS, tenths(trace.enteredAt - trace.startedAt))}`;
  if (bytes > 0) more += `,${numberAttribute(RESPONSE_BODY_SIZE, bytes)}`;
  if (leftOut > 0) more += `,${numberAttribute(SPANS_LEFT_OUT, leftOut)}`;
  const path = criticalPath(trace, until);
  if (path.length === 0) return more;
  const { section, call } = bottleneck(trace, path, until)!;
  more += `,${page.ofPath(path)},${page.boundBy(section)}`;
  return call === undefined ? more : `${more},${words.call(call).bound}`;
}
