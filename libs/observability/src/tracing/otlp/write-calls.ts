import type { AttemptTrace, CallTrace, Sampled } from 'guichet/kernel';
import { tenths } from '../../tenths.js';
import { numberAttribute } from './attribute.js';
import { ATTEMPT_HEAD, RESPONSE_BODY_SIZE } from './attributes.js';
import { endOf, isOver } from './ending.js';
import type { SpanWriter } from './span-writer.js';
import type { TraceWords } from './trace-words.js';

/**
 * Writes the spans of calls, and of their attempts, which are known already to those they called.
 * @param parentId  the span of what made the calls
 * @param until     when that was over
 * @returns how many spans were too many to be told
 */
export function writeCalls(
  writer: SpanWriter,
  calls: readonly CallTrace[],
  parentId: string,
  until: number,
  sampled: Sampled,
  words: TraceWords,
): number {
  let leftOut = 0;
  for (const call of calls) {
    const spans = 1 + call.attempts.length;
    if (!writer.hasRoomFor(spans)) {
      leftOut += spans;
      continue;
    }
    const callId = sampled.newSpanId();
    const callWords = words.call(call);
    writer.child(callId, parentId, call.startedAt, endOf(call, until), callWords.ofCall(call, until));
    for (const attempt of call.attempts) {
      writer.child(
        attempt.spanId ?? sampled.newSpanId(),
        callId,
        attempt.startedAt,
        endOf(attempt, until),
        callWords.ofAttempt(call, attempt, until),
        moreOf(attempt, until),
      );
    }
  }
  return leftOut;
}

/** @returns what is not the same of two attempts that otherwise are */
function moreOf(attempt: AttemptTrace, until: number): string {
  const { headAt, startedAt, bytes } = attempt;
  const head = headAt === undefined ? '' : `,${numberAttribute(ATTEMPT_HEAD, tenths(headAt - startedAt))}`;
  return bytes > 0 && isOver(attempt, until) ? `${head},${numberAttribute(RESPONSE_BODY_SIZE, bytes)}` : head;
}
