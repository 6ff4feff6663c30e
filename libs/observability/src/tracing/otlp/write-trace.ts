import type { Clock, PageTrace, Sampled } from 'guichet/kernel';
import type { FinishedRequest } from '../../request-listeners.js';
import { tenths } from '../../tenths.js';
import { bottleneck, criticalPath } from '../../waterfall/critical-path.js';
import { flagAttribute, numberAttribute, textAttribute } from './attribute.js';
import { DEPARTED, PAGE_GUARDS, REQUEST_ID, RESPONSE_BODY_SIZE, SPANS_LEFT_OUT } from './attributes.js';
import { SpanWriter } from './span-writer.js';
import { TraceTime } from './trace-time.js';
import type { TraceWords } from './trace-words.js';
import { writeCalls } from './write-calls.js';

/**
 * Writes the spans of a sampled request that is over: of the request, and where it was for a page, of its sections, their calls and the
 * calls' attempts, each below what it was made for; where a route handed it through, of that call and its attempts. The request's own is
 * the last.
 */
export function writeTrace(finished: FinishedRequest, words: TraceWords, clock: Clock): SpanWriter {
  const { context, endedAt } = finished;
  const { trace, exchange, requestId, startedAt, departed } = context;
  const sampled = context.sampled!;
  const writer = new SpanWriter(sampled.traceId, new TraceTime(clock));
  let more = `,${textAttribute(REQUEST_ID, requestId)}`;
  if (departed) more += `,${flagAttribute(DEPARTED, true)}`;
  if (trace !== undefined) more += writePage(writer, trace, trace.endedAt ?? endedAt, sampled, words);
  if (exchange !== undefined) writeCalls(writer, exchange.calls, sampled.spanId, endedAt, sampled, words);
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
    if (!writer.hasRoomFor(1)) {
      leftOut++;
      continue;
    }
    const sectionId = sampled.newSpanId();
    const endedAt = section.endedAt ?? until;
    // One that was skipped took no time.
    writer.child(sectionId, sampled.spanId, launchedAt ?? endedAt, endedAt, page.ofSection(index, section));
    leftOut += writeCalls(writer, calls, sectionId, until, sampled, words);
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
