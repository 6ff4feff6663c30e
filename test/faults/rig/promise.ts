import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithConsul } from '../../support/consul.js';
import { repository } from '../../support/program.js';
import { Trial, type Verdict } from './trial.js';
import { weaken, type Weakening } from './weakening.js';

/** Where each promise's outcome is left for the table, one JSON object a line. */
export const REPORT = join(repository, '.cache/faults/report.ndjson');

/** What is left there. */
export interface Report {
  readonly number: number;
  readonly title: string;
  /** What was taken away to see whether the proof notices. */
  readonly without?: string;
  readonly verdicts: readonly Verdict[];
  /** How the machine did: event loops, and runs that were not counted. */
  readonly conditions: string;
}

/** Runs of a promise whose generator lagged are not counted; after so many it is given up. */
const MOST_RUNS = 3;
/** Milliseconds that they may take: three of the longest soak's half an hour. */
const MOST_MS = 6_000_000;

/**
 * One promise of the framework's, proven by a trial. What it finds is asserted: counts always, timings in the long forms
 * alone, where a run in which this process lagged is void and repeated.
 * @param weakening  with `FAULTS_WEAKENED=1` it is taken away, and the goal it names must be missed; undefined where the
 *   promise's own trial shows how it is without
 */
export function promise(
  number: number,
  title: string,
  weakening: Weakening | undefined,
  prove: (trial: Trial) => Promise<void>,
): void {
  describeWithConsul(`promise ${number}`, () => {
    if (process.env['FAULTS_WEAKENED'] === '1') return proveNoticed(number, title, weakening!, prove);
    it(
      title,
      async () => {
        const { trial, runs } = await lasting(prove);
        const conditions = trial.conditions() + (runs > 1 ? `; ${runs - 1} void runs before` : '');
        report({ number, title, verdicts: trial.verdicts, conditions });
        expect(trial.verdicts).not.toEqual([]);
        const asserted = trial.form === 'short' ? trial.verdicts.filter(({ isCount }) => isCount) : trial.verdicts;
        expect(asserted.filter(({ isKept }) => !isKept)).toEqual([]);
        if (trial.form !== 'short') expect(trial.isVoid ? conditions : 'not void').toBe('not void');
      },
      MOST_MS,
    );
  });
}

function proveNoticed(
  number: number,
  title: string,
  weakening: Weakening,
  prove: (trial: Trial) => Promise<void>,
): void {
  const { without, breaks } = weakening;
  it(
    `is missed without ${without}`,
    async () => {
      weaken(weakening);
      const { trial } = await lasting(prove);
      const missed = trial.verdicts.filter(({ goal, isKept }) => !isKept && goal.includes(breaks));
      report({ number, title, without, verdicts: missed, conditions: trial.conditions() });
      expect(missed.length > 0 ? breaks : trial.verdicts).toBe(breaks);
    },
    MOST_MS,
  );
}

async function lasting(prove: (trial: Trial) => Promise<void>): Promise<{ trial: Trial; runs: number }> {
  for (let runs = 1; ; runs++) {
    const trial = new Trial();
    try {
      await prove(trial);
    } finally {
      await trial.end();
    }
    if (!trial.isVoid || trial.form === 'short' || runs === MOST_RUNS) return { trial, runs };
  }
}

function report(found: Report): void {
  mkdirSync(join(REPORT, '..'), { recursive: true });
  appendFileSync(REPORT, `${JSON.stringify(found)}\n`);
  for (const { goal, measured, isKept } of found.verdicts) {
    process.stderr.write(`  ${found.number}: ${isKept ? 'kept' : 'NOT KEPT'}: ${goal}: ${measured}\n`);
  }
  process.stderr.write(`  ${found.number}: ${found.conditions}\n`);
}
