import { type CallContext, PageTrace, RequestContext, TimerWheel } from 'guichet/kernel';
import { ManualClock } from 'guichet/testing';
import { type Assembled, assemble } from '../src/assemble.js';
import { compilePage } from '../src/compile.js';
import type { PageMetrics } from '../src/metrics/page-metrics.js';
import { PageRun } from '../src/page-run.js';

/** One request of a page, without HTTP: what came of it, and the clock to move. */
export interface Running {
  readonly clock: ManualClock;
  readonly context: CallContext;
  /** The outcome so far. */
  readonly outcome: { assembled?: Assembled; error?: unknown; count: number };
  /** The client goes away. */
  leave(): void;
}

/** Compiles a page and starts it, at the instant 0 of a manual clock. */
export function runPage(
  page: object,
  inputs: unknown[] = [],
  isTraced = false,
  metrics: PageMetrics | undefined = undefined,
): Running {
  const { plan, problems } = compilePage(page);
  if (!plan) throw new Error(JSON.stringify(problems));
  const clock = new ManualClock();
  const context = { request: new RequestContext('test', 0), deadlineAt: plan.declaration.budgetMs };
  if (isTraced) context.request.trace = new PageTrace(plan, 0, 0, plan.declaration.budgetMs);
  const outcome: Running['outcome'] = { count: 0 };
  const run = new PageRun(
    plan,
    inputs,
    context,
    { clock, wheel: new TimerWheel(clock), isTraced, isAlwaysTraced: isTraced },
    {
      complete: done => {
        outcome.count++;
        outcome.assembled = assemble(done);
      },
      fail: error => {
        outcome.count++;
        outcome.error = error;
      },
    },
    undefined,
    metrics?.of(plan),
  );
  run.start();
  return { clock, context, outcome, leave: () => run.cancel() };
}
