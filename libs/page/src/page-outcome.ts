import type { RequestContext } from 'guichet/kernel';
import type { PageRun } from './page-run.js';
import type { ServedPage } from './served-page.js';
import { traceCode } from './trace-code.js';

// How an execution ended is told to the page's metrics and to its trace, here and nowhere else.

/**
 * It was served.
 * @param bytes  of its body; 0 where Nest makes it
 */
export function noteServed(
  { recorder, runtime }: ServedPage,
  { startedAt, trace }: RequestContext,
  { states }: PageRun,
  isComplete: boolean,
  bytes: number,
): void {
  if (recorder === undefined && trace === undefined) return;
  const now = runtime.clock.now();
  recorder?.served(states, isComplete, (now - startedAt) / 1_000, bytes);
  trace?.end(now, isComplete ? 'complete' : 'degraded', undefined, bytes);
}

/** It failed; `error` is what the problem filter gets. */
export function noteFailed({ recorder, runtime }: ServedPage, { trace }: RequestContext, error: unknown): void {
  recorder?.failed(error);
  trace?.end(runtime.clock.now(), 'failed', traceCode(error), 0);
}

/** The client went away before its answer. */
export function noteDeparted({ recorder, runtime }: ServedPage, { trace }: RequestContext): void {
  recorder?.departed();
  trace?.end(runtime.clock.now(), 'departed', undefined, 0);
}
