import { type BffSettings, BffUnderTest } from './rig/bff-under-test.js';
import type { ServiceFault } from './rig/echo-instance.js';
import { promise } from './rig/promise.js';
import type { Rig } from './rig/rig.js';
import type { Trial } from './rig/trial.js';
import type { Weakening } from './rig/weakening.js';

const WINDOW = 10;

const FAILURES: readonly (readonly [string, ServiceFault])[] = [
  ['503', { status: 503 }],
  ['resets', { isReset: true }],
  ['silence', { isStalled: true }],
];

// Without the breaker, which would end most attempts: the budget must hold alone. Room for all that hang.
const defaults = { breaker: false, hedge: true, timeoutMs: 200, maxConcurrent: 1_000, singleflight: false };

const WEAKENED: Weakening = {
  without: 'a budget of further attempts',
  settings: { defaults: { retryBudgetRatio: 1, hedgeMaxRatio: 1 } },
  breaks: 'attempts / calls <=',
};

promise(9, 'an upstream fails all calls, asked by one BFF or through another', WEAKENED, async trial => {
  for (const [how, fault] of trial.pick(FAILURES.slice(0, 1), FAILURES)) {
    await failing(trial, how, fault, 'alpha');
    if (!fault.isReset) await failing(trial, `${how}, BFF behind BFF`, fault, 'behind');
  }
});

async function failing(trial: Trial, how: string, fault: ServiceFault, page: 'alpha' | 'behind'): Promise<void> {
  const rig = await trial.rig({ services: ['alpha'], isWithoutBff: true, serviceMs: 10 });
  // The door would shut for a page that is always lost. Alone, one BFF's budget must hold without it; a chain has it.
  const bff = { shedding: { isOn: page === 'behind' } };
  const settings: BffSettings = { defaults, budgetMs: 1_000, bff };
  const front = await BffUnderTest.start(rig.door.address, { ...settings, name: 'front' });
  const behind: BffSettings = { ...settings, behind: true, overrides: { front: { timeoutMs: 500 } } };
  // A second one, so that there is another instance to try again on.
  if (page === 'behind') await BffUnderTest.start(rig.door.address, { ...settings, name: 'front' });
  const asked = page === 'alpha' ? front : await BffUnderTest.start(rig.door.address, behind);
  await asked.knowsAll({ alpha: 3, ...(page === 'behind' && { front: 2 }) });

  const perSecond = trial.pick(60, 80);
  const load = trial.load(perSecond, n => ({ url: `${asked.url}/pages/${page}/${n}` }));
  await load.reaches(1_500);
  await Promise.all(rig.instancesOf('alpha').map(one => one.suffer(fault)));
  await attemptsOf(rig);
  const samples: { calls: number; attempts: number }[] = [];
  const from = load.summary().sent;
  let attempts = 0;
  for (let second = 0; second < trial.pick(3, WINDOW + 2); second++) {
    await load.goesOn(1_000);
    attempts += await attemptsOf(rig);
    samples.push({ calls: load.summary().sent - from, attempts });
  }
  await load.end();
  const ratio = worstRatio(samples);
  const told = `${ratio.toFixed(3)} (${attempts} for ${samples.at(-1)!.calls})`;
  // A short form has no window of 10 s: in less, what was saved up in the good times before may be spent.
  trial.count(`attempts / calls <= ${trial.pick('1.25', '1.10')}, ${how}`, told, ratio <= trial.pick(1.25, 1.1));
  await rig.end();
}

/** @returns the most attempts a call in any window, of what was counted each second */
function worstRatio(samples: readonly { calls: number; attempts: number }[]): number {
  const ratios = samples.flatMap((to, i) => {
    if (i + 1 < Math.min(WINDOW, samples.length)) return [];
    const from = samples[i - WINDOW] ?? { calls: 0, attempts: 0 };
    return [(to.attempts - from.attempts) / (to.calls - from.calls)];
  });
  return Math.max(...ratios);
}

async function attemptsOf(rig: Rig): Promise<number> {
  const counts = await Promise.all(rig.instancesOf('alpha').map(one => one.counts()));
  return counts.reduce((sum, { seen }) => sum + seen, 0);
}
