import type {
  AttemptKind,
  AttemptTrace,
  CallTrace,
  PageOutcome,
  PageTrace,
  RequestContext,
  SectionOutcome,
  SectionTrace,
  TraceCode,
  TraceOutcome,
} from 'guichet/kernel';
import { tenths } from '../tenths.js';
import { bottleneck, criticalPath } from './critical-path.js';

/** When something was, in milliseconds: from the request's arrival on. */
export interface Span {
  readonly startMs: number;
  /** Until it ended, or until the page did where it has not. */
  readonly durationMs: number;
}

/** One attempt at one instance. */
export interface AttemptBar extends Span {
  readonly number: number;
  readonly kind: AttemptKind;
  /** `host:port`. */
  readonly instance: string;
  /** Undefined: it outlived the page, for others share its call. */
  readonly outcome: TraceOutcome | undefined;
  readonly code: TraceCode | undefined;
  /** HTTP's; 0 without an answer. */
  readonly status: number;
  readonly bytes: number;
  /** Milliseconds until its answer's head was there, where the body was handed on as it came; undefined for answers that are collected. */
  readonly headMs: number | undefined;
}

/** One call of an upstream. */
export interface CallBar extends Span {
  readonly upstream: string;
  /** Method and path template. */
  readonly call: string;
  readonly outcome: TraceOutcome | undefined;
  readonly code: TraceCode | undefined;
  readonly isShared: boolean;
  readonly isQueued: boolean;
  readonly isCached: boolean;
  readonly isRetryRefused: boolean;
  /** The subset of instances it was made on; undefined where the upstream has none. */
  readonly subset: string | undefined;
  /** The subset that was left for it, and why: `pricing:canary: ejected`. */
  readonly leftSubset: string | undefined;
  readonly attempts: readonly AttemptBar[];
}

/** One section; `durationMs` 0 and no outcome for one that never ran. */
export interface SectionBar extends Span {
  readonly name: string;
  readonly isRequired: boolean;
  readonly needs: readonly string[];
  readonly outcome: SectionOutcome | undefined;
  readonly reason: TraceCode | undefined;
  readonly calls: readonly CallBar[];
}

/** What took the page so long. */
export interface Bound {
  /** Of the critical path, the section that took longest. */
  readonly section: string;
  readonly durationMs: number;
  /** Of it, the call that took longest; undefined where it made none. */
  readonly upstream: string | undefined;
  readonly call: string | undefined;
}

/** One execution of a page, told from its arrival to its answer. Plain JSON; holds no value of anybody's. */
export interface Waterfall {
  readonly page: string;
  readonly requestId: string;
  readonly traceId: string | undefined;
  readonly outcome: PageOutcome | undefined;
  readonly code: TraceCode | undefined;
  readonly budgetMs: number;
  /** Milliseconds before the page: guards, limits, sessions. */
  readonly guardsMs: number;
  readonly durationMs: number;
  readonly bytes: number;
  readonly sections: readonly SectionBar[];
  /** The chain of sections that the answer waited for, first to last. */
  readonly criticalPath: readonly string[];
  readonly boundBy: Bound | undefined;
}

/**
 * Tells what happened in a page.
 * @param at  the instant until which it is told, where the trace is not over; milliseconds on the kernel's clock
 */
export function waterfallOf(
  trace: PageTrace,
  context: Pick<RequestContext, 'requestId' | 'traceparent'>,
  at: number,
): Waterfall {
  const { plan, startedAt, enteredAt, budgetMs, outcome, code, bytes } = trace;
  const endedAt = trace.endedAt ?? at;
  const sections = trace.sections.map((section, index) =>
    sectionBar(section, plan.sections[index]!, startedAt, endedAt),
  );
  const path = criticalPath(trace, endedAt);
  return {
    page: plan.name,
    requestId: context.requestId,
    traceId: context.traceparent?.slice(3, 35),
    outcome,
    code,
    budgetMs,
    guardsMs: tenths(enteredAt - startedAt),
    durationMs: tenths(endedAt - startedAt),
    bytes,
    sections,
    criticalPath: path.map(index => plan.sections[index]!.name),
    boundBy: boundOf(trace, path, endedAt),
  };
}

function sectionBar(
  { name, launchedAt, endedAt, outcome, reason, calls }: SectionTrace,
  { isRequired, needs }: PageTrace['plan']['sections'][number],
  from: number,
  until: number,
): SectionBar {
  const span = launchedAt === undefined ? { startMs: 0, durationMs: 0 } : spanOf(launchedAt, endedAt, from, until);
  const bars = calls.map(call => callBarOf(call, from, until));
  return { name, isRequired, needs, ...span, outcome, reason, calls: bars };
}

/**
 * Tells a call with its attempts.
 * @param from   the instant that it is told from: the request's arrival
 * @param until  the instant until which it is told, where it is not over; both milliseconds on the kernel's clock
 */
export function callBarOf(call: CallTrace, from: number, until: number): CallBar {
  const { upstream, method, template, startedAt, endedAt, outcome, code, isShared, isQueued, isCached } = call;
  return {
    upstream,
    call: `${method} ${template}`,
    ...spanOf(startedAt, endedAt, from, until),
    outcome,
    code,
    isShared,
    isQueued,
    isCached,
    isRetryRefused: call.isRetryRefused,
    subset: call.subset,
    leftSubset: call.leftSubset,
    attempts: call.attempts.map(attempt => attemptBar(attempt, from, until)),
  };
}

function attemptBar(
  { number, kind, instance, startedAt, headAt, endedAt, outcome, code, status, bytes }: AttemptTrace,
  from: number,
  until: number,
): AttemptBar {
  const headMs = headAt === undefined ? undefined : tenths(headAt - startedAt);
  return { number, kind, instance, ...spanOf(startedAt, endedAt, from, until), outcome, code, status, bytes, headMs };
}

function spanOf(startedAt: number, endedAt: number | undefined, from: number, until: number): Span {
  return { startMs: tenths(startedAt - from), durationMs: Math.max(0, tenths((endedAt ?? until) - startedAt)) };
}

function boundOf(trace: PageTrace, path: readonly number[], until: number): Bound | undefined {
  const found = bottleneck(trace, path, until);
  if (found === undefined) return undefined;
  const { section, durationMs, call } = found;
  return {
    section: trace.plan.sections[section]!.name,
    durationMs: tenths(durationMs),
    upstream: call?.upstream,
    call: call && `${call.method} ${call.template}`,
  };
}
