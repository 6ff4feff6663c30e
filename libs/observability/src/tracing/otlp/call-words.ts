import type { AttemptTrace, CallTrace } from 'guichet/kernel';
import { flagAttribute, textAttribute } from './attribute.js';
import { attemptWords } from './attempt-words.js';
import {
  BOUND_BY_CALL,
  BOUND_BY_UPSTREAM,
  CALL_CACHED,
  CALL_QUEUED,
  CALL_RETRY_REFUSED,
  CALL_SHARED,
  CALL_SUBSET,
  CALL_SUBSET_LEFT,
  UPSTREAM,
  URL_TEMPLATE,
} from './attributes.js';
import { endingAttributes, isOver } from './ending.js';
import { INTERNAL, spanWords } from './span-words.js';

/** Instances whose words are remembered; they come and go. */
const MAX_INSTANCES = 64;

/** What the spans of one declared call say. Most say what others said before, and that is remembered. */
export class CallWords {
  /** That a page was bound by it: attributes of the page's span. */
  readonly bound: string;
  /** Of a call that succeeded, by what it waited for. */
  private readonly succeeded: string[] = [];
  /** The same of a first attempt, by instance. */
  private readonly firsts = new Map<string, string>();

  constructor(
    readonly upstream: string,
    readonly method: string,
    readonly template: string,
  ) {
    this.bound = `${textAttribute(BOUND_BY_UPSTREAM, upstream)},${textAttribute(BOUND_BY_CALL, `${method} ${template}`)}`;
  }

  /** Says of a call, all its attempts and what they waited for included, how it ended. */
  ofCall(call: CallTrace, until: number): string {
    // Of upstreams that run in several versions there is more to say.
    if (call.outcome !== 'succeeded' || call.subset !== undefined || !isOver(call, until))
      return callWords(call, until);
    return (this.succeeded[markOf(call)] ??= callWords(call, until));
  }

  /** Says of one of its attempts what it was and how it ended, but for its bytes. */
  ofAttempt(call: CallTrace, attempt: AttemptTrace, until: number): string {
    if (!isFirst(attempt, until)) return attemptWords(call, attempt, until);
    const { firsts } = this;
    let words = firsts.get(attempt.instance);
    if (words === undefined) {
      if (firsts.size === MAX_INSTANCES) firsts.clear();
      firsts.set(attempt.instance, (words = attemptWords(call, attempt, until)));
    }
    return words;
  }
}

/** @returns a bit for each of what may be said of a call that succeeded */
function markOf({ isShared, isQueued, isCached, isRetryRefused }: CallTrace): number {
  return (isShared ? 1 : 0) + (isQueued ? 2 : 0) + (isCached ? 4 : 0) + (isRetryRefused ? 8 : 0);
}

function isFirst(attempt: AttemptTrace, until: number): boolean {
  const { number, kind, outcome, status } = attempt;
  return isOver(attempt, until) && outcome === 'succeeded' && number === 1 && kind === 'first' && status === 200;
}

function callWords(call: CallTrace, until: number): string {
  const { upstream, method, template, code } = call;
  // What leaves the process are its attempts: a client's span of its own would be an edge too many in a map of services.
  return spanWords(`${upstream} ${method} ${template}`, INTERNAL, isOver(call, until) && code !== undefined, [
    textAttribute(UPSTREAM, upstream),
    textAttribute(URL_TEMPLATE, template),
    ...endingAttributes(call, until),
    ...(call.subset === undefined ? [] : [textAttribute(CALL_SUBSET, call.subset)]),
    ...(call.leftSubset === undefined ? [] : [textAttribute(CALL_SUBSET_LEFT, call.leftSubset)]),
    ...(call.isShared ? [flagAttribute(CALL_SHARED, true)] : []),
    ...(call.isQueued ? [flagAttribute(CALL_QUEUED, true)] : []),
    ...(call.isCached ? [flagAttribute(CALL_CACHED, true)] : []),
    ...(call.isRetryRefused ? [flagAttribute(CALL_RETRY_REFUSED, true)] : []),
  ]);
}
