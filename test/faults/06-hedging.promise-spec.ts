import type { Outcome } from '../support/load.js';
import { promise } from './rig/promise.js';
import { single } from './rig/requests.js';
import { Rig } from './rig/rig.js';
import { tookMs, type Trial } from './rig/trial.js';
import type { Weakening } from './rig/weakening.js';

const OFTEN = { ratio: 0.01, delayMs: 1_000 };
const SETTINGS = { serviceMs: 10, budgetMs: 3_000 };

const WEAKENED: Weakening = {
  without: 'hedging',
  settings: { defaults: { hedge: false } },
  breaks: 'p99.9 at least 5 x lower',
};

promise(6, 'one of a hundred calls takes a second longer, with hedging and without', WEAKENED, async trial => {
  const defaults = { timeoutMs: 2_500, maxRetries: 0 };
  const plain = await trial.rig({ ...SETTINGS, defaults });
  const hedged = await trial.rig({ ...SETTINGS, defaults: { ...defaults, hedge: true } });
  for (const rig of [plain, hedged]) {
    await trial.loadFor(trial.pick(1_000, 3_000), 150, single(rig, 'alpha'));
    await Promise.all(rig.instancesOf('alpha').map(one => one.suffer(OFTEN)));
  }
  const outcomes = new Map<Rig, Outcome[]>([
    [plain, []],
    [hedged, []],
  ]);
  let asked = 0;
  await callsOf(hedged);
  for (let round = 0; round < trial.pick(1, 3); round++) {
    for (const rig of [plain, hedged]) {
      const load = await trial.loadFor(trial.pick(2_000, 6_000), 150, single(rig, 'alpha'));
      outcomes.get(rig)!.push(...load.outcomes);
      if (rig === hedged) asked += load.outcomes.length;
    }
  }
  const extra = (await callsOf(hedged)) / asked - 1;
  trial.count('<= 5 % extra calls', `${(extra * 100).toFixed(2)} % of ${asked}`, extra <= 0.05);
  trial.count('some calls are hedged', `${(extra * 100).toFixed(2)} %`, extra > 0);
  compare(trial, outcomes.get(plain)!, outcomes.get(hedged)!);
});

function compare(trial: Trial, plain: readonly Outcome[], hedged: readonly Outcome[]): void {
  const [without, withIt] = [tookMs(plain, 0.999), tookMs(hedged, 0.999)];
  trial.timing(
    'p99.9 at least 5 x lower',
    `${(without / withIt).toFixed(1)} x (${without.toFixed(0)} -> ${withIt.toFixed(0)} ms)`,
    without / withIt >= 5,
  );
}

async function callsOf(rig: Rig): Promise<number> {
  const counts = await Promise.all(rig.instancesOf('alpha').map(one => one.counts()));
  return counts.reduce((sum, { seen }) => sum + seen, 0);
}
