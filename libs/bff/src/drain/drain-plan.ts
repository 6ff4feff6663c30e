import type { BootProblems } from 'guichet/kernel';
import { type DrainOptions, DRAIN_VARIABLES } from './drain-options.js';

/** Milliseconds that Consul gets to hear of it. */
const WITHDRAWAL_MS = 1_000;
/** Milliseconds for what balancers and clients still do once they have noticed. */
const MARGIN_MS = 3_000;
/** Milliseconds that a page may take beyond its budget: its client's way in, its answer's way out. */
const BEYOND_BUDGET_MS = 2_000;
/** Milliseconds that the last answers of requests that are cut off get to reach their clients. */
const CUT_OFF_MS = 500;

/** What each phase of an app's end takes at most, in milliseconds. */
export interface DrainPlan {
  readonly withdrawalMs: number;
  readonly propagationMs: number;
  readonly inFlightMs: number;
  readonly cutOffMs: number;
  readonly closeMs: number;
}

/**
 * Works out how long an app's end takes at most. A sum that whoever ends the app does not wait for is noted in `problems`.
 * @param budgetsMs  of the app's pages
 */
export function drainPlan(options: DrainOptions, budgetsMs: readonly number[], problems: BootProblems): DrainPlan {
  const { readinessPeriodMs, readinessFailures, closeMs, terminationGraceMs } = options;
  const plan = {
    withdrawalMs: WITHDRAWAL_MS,
    propagationMs: options.propagationMs ?? readinessPeriodMs * readinessFailures + MARGIN_MS,
    inFlightMs: options.inFlightMs ?? Math.max(0, ...budgetsMs) + BEYOND_BUDGET_MS,
    cutOffMs: CUT_OFF_MS,
    closeMs,
  };
  const totalMs = Object.values(plan).reduce((sum, ms) => sum + ms, 0);
  if (totalMs > terminationGraceMs) {
    const phases = Object.entries(plan).map(([phase, ms]) => `${phase} ${ms}`);
    problems.add({
      where: 'bff',
      path: 'drain',
      message: `the app's end may take ${totalMs} ms, and it is killed after ${terminationGraceMs}: ${phases.join(', ')}`,
      mend:
        `shorten a phase (${DRAIN_VARIABLES.propagationMs}, ${DRAIN_VARIABLES.inFlightMs}, ${DRAIN_VARIABLES.closeMs}) or the largest page budget, ` +
        `or have ${DRAIN_VARIABLES.terminationGraceMs} and whoever ends the app allow more`,
    });
  }
  return plan;
}
