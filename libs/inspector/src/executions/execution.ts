import type { PageOutcome, PageTrace, TraceCode } from 'guichet/kernel';

/** One execution of a page that is kept to be looked at. Holds no value of anybody's: no payload, header or principal. */
export interface Execution {
  /** Rising from 1, unique in this process. */
  readonly id: number;
  readonly trace: PageTrace;
  readonly requestId: string;
  readonly traceparent: string | undefined;
  /** HTTP's; what was about to be said where the client was gone. */
  readonly status: number;
  /** Milliseconds on the kernel's clock, when the request was over. */
  readonly endedAt: number;
  /** The same as a date, milliseconds since 1970. */
  readonly endedAtEpochMs: number;
  /** Whether the request asked to be kept (`X-Page-Trace`). */
  readonly isAsked: boolean;
  /** Calls that were left out, for there were too many. */
  readonly omittedCalls: number;
}

/** An execution as lists show it. Plain JSON. */
export interface ExecutionSummary {
  readonly id: number;
  readonly page: string;
  readonly requestId: string;
  readonly status: number;
  readonly outcome: PageOutcome;
  readonly code: TraceCode | undefined;
  /** When it ended: milliseconds since 1970. */
  readonly endedAtEpochMs: number;
  readonly durationMs: number;
  readonly budgetMs: number;
  readonly isAsked: boolean;
  /** The sections that did not come out whole, with how they ended. */
  readonly troubled: readonly { readonly section: string; readonly state: string; readonly reason: string }[];
}

/** @returns how it ended; a page that never got as far has been left by its client */
export function outcomeOf({ trace }: Execution): PageOutcome {
  return trace.outcome ?? 'departed';
}

/** @returns milliseconds from its arrival to its end */
export function durationOf({ trace, endedAt }: Execution): number {
  return (trace.endedAt ?? endedAt) - trace.startedAt;
}

/** Tells an execution in short. */
export function summaryOf(execution: Execution): ExecutionSummary {
  const { id, trace, requestId, status, endedAtEpochMs, isAsked } = execution;
  return {
    id,
    page: trace.plan.name,
    requestId,
    status,
    outcome: outcomeOf(execution),
    code: trace.code,
    endedAtEpochMs,
    durationMs: Math.round(durationOf(execution) * 10) / 10,
    budgetMs: trace.budgetMs,
    isAsked,
    troubled: trace.sections
      .filter(({ outcome }) => outcome !== undefined && outcome !== 'fresh')
      .map(({ name, outcome, reason }) => ({ section: name, state: outcome!, reason: reason ?? '' })),
  };
}
