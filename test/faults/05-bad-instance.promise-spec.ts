import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceFault } from './rig/echo-instance.js';
import { promise } from './rig/promise.js';
import { trio } from './rig/requests.js';
import type { Rig } from './rig/rig.js';
import type { Trial } from './rig/trial.js';
import type { Weakening } from './rig/weakening.js';

const FAILING: readonly (readonly [string, ServiceFault])[] = [
  ['503', { status: 503 }],
  ['500', { status: 500 }],
  ['a reset', { isReset: true }],
];

const WEAKENED: Weakening = {
  without: 'ejection',
  settings: { defaults: { ejection: false } },
  breaks: '% of traffic after 2 s',
};

promise(5, 'one of three instances fails at once, or is ten times slower', WEAKENED, async trial => {
  for (const [how, fault] of trial.pick(FAILING.slice(1, 2), FAILING)) await failing(trial, how, fault);
  await slow(trial);
});

async function failing(trial: Trial, how: string, fault: ServiceFault): Promise<void> {
  const rig = await trial.rig();
  const share = await shareOfBad(trial, rig, fault, trial.pick(80, 200), trial.pick(1_000, 3_000));
  trial.count(`<= 5 % of traffic after 2 s with ${how}`, percent(share), share <= 0.05);
  await rig.end();
}

async function slow(trial: Trial): Promise<void> {
  const rig = await trial.rig({ defaults: { timeoutMs: 600 } });
  const share = await shareOfBad(trial, rig, { serviceMs: 200 }, trial.pick(80, 200), trial.pick(1_500, 8_000));
  const ofFair = share * 3;
  trial.timing('ten times slower: at most a fifth of its fair share', percent(ofFair), ofFair <= 0.2);
  trial.count('ten times slower: less than its fair share', percent(ofFair), ofFair < 0.8);
}

/** @returns the part of alpha's attempts that its bad instance gets, from 2 s after it went bad */
async function shareOfBad(
  trial: Trial,
  rig: Rig,
  fault: ServiceFault,
  perSecond: number,
  forMs: number,
): Promise<number> {
  const load = trial.load(perSecond, trio(rig));
  await load.reaches(trial.pick(500, 2_000));
  const bad = rig.instancesOf('alpha')[0]!;
  await bad.suffer(fault);
  await pause(2_000);
  await rig.bff.happened();
  await pause(forMs);
  const { byInstance } = await rig.bff.happened();
  await load.end();
  const attempts = rig.instancesOf('alpha').map(({ address }) => byInstance[address]?.attempts ?? 0);
  return attempts[0]! / attempts.reduce((sum, count) => sum + count, 0);
}

const percent = (part: number): string => `${(part * 100).toFixed(1)} %`;
