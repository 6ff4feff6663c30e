import type { IncomingMessage, ServerResponse } from 'node:http';
import { type PageOutcome, PageTrace, RequestContext, type TraceCode, type TracedPlan } from 'guichet/kernel';
import type { FinishedRequest } from 'guichet/observability';

/** What a test says of a request that is over. */
export interface Told {
  readonly page?: string;
  /** Undefined: it never got that far. */
  readonly outcome?: PageOutcome | undefined;
  readonly code?: TraceCode;
  readonly durationMs?: number;
  readonly endedAt?: number;
  readonly isAsked?: boolean;
  readonly requestId?: string;
}

/** A plan of these sections, all required, none needing another. */
export function planOf(name: string, ...sections: readonly string[]): TracedPlan {
  return { name, sections: sections.map(section => ({ name: section, isRequired: true, needs: [] })) };
}

/** A request for a page that is over. */
export function finishedRequest(told: Told = {}): FinishedRequest {
  const { page = 'FilmPage', code, durationMs = 10, endedAt = 1_000, requestId = 'r' } = told;
  const outcome = 'outcome' in told ? told.outcome : 'complete';
  const context = new RequestContext(requestId, endedAt - durationMs);
  context.wantsTrace = told.isAsked ?? false;
  context.trace = new PageTrace(planOf(page, 'film'), context.startedAt, context.startedAt, 800);
  if (outcome !== undefined) context.trace.end(endedAt, outcome, code, 100);
  return { context, request: {} as IncomingMessage, response: { statusCode: 200 } as ServerResponse, endedAt };
}
