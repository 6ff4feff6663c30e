import { type Waterfall, waterfallOf } from 'guichet/observability';
import { type Execution, type ExecutionSummary, summaryOf } from '../executions/execution.js';
import type { Executions, KeptFor } from '../executions/executions.js';

/** An execution told from beginning to end. */
export interface ExecutionView extends ExecutionSummary {
  readonly waterfall: Waterfall;
  /** Calls that were too many to be kept. */
  readonly omittedCalls: number;
}

/** Which executions somebody wants to see. */
const REASONS: readonly string[] = ['recent', 'slowest', 'incomplete', 'asked'] satisfies KeptFor[];

/** Tells an execution from beginning to end. */
export function executionView(execution: Execution): ExecutionView {
  const { trace, endedAt, omittedCalls } = execution;
  return { ...summaryOf(execution), waterfall: waterfallOf(trace, execution, endedAt), omittedCalls };
}

/**
 * @param query  `kept` (why it is kept), `page` and `outcome`; what is not given, or unknown, does not filter
 * @returns the newest first, in short; of the slowest, the slowest first
 */
export function executionList(executions: Executions, query: URLSearchParams): readonly ExecutionSummary[] {
  const [kept, page, outcome] = ['kept', 'page', 'outcome'].map(name => query.get(name) || undefined);
  const reason = kept !== undefined && REASONS.includes(kept) ? (kept as KeptFor) : undefined;
  const found = executions
    .all(reason)
    .map(summaryOf)
    .filter(one => (page === undefined || one.page === page) && (outcome === undefined || one.outcome === outcome));
  return reason === 'slowest' ? found.sort((a, b) => b.durationMs - a.durationMs) : found;
}
