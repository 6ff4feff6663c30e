import { setTimeout as pause } from 'node:timers/promises';
import { promise } from './rig/promise.js';
import { trio } from './rig/requests.js';
import { type Rig, SERVICES } from './rig/rig.js';
import { Shares } from './rig/shares.js';
import type { Trial } from './rig/trial.js';
import type { Weakening } from './rig/weakening.js';

/** Ways for Consul to be away, and to come back; those that wipe it are the harder ones. */
const OUTAGES: readonly {
  name: string;
  leave(rig: Rig): Promise<void> | void;
  comeBack(rig: Rig): Promise<void> | void;
}[] = [
  { name: 'killed', leave: rig => rig.consul.kill(), comeBack: rig => rig.consul.startAgain() },
  { name: 'stopped', leave: rig => rig.consul.stand(), comeBack: rig => rig.consul.goOn() },
  { name: 'answering 500', leave: rig => rig.door.break(), comeBack: rig => rig.door.mend() },
];

const WEAKENED: Weakening = {
  without: 'doubts about an empty catalogue',
  settings: { discovery: { watch: { emptyGraceMs: 0, returnGraceMs: 0 } } },
  breaks: 'while it is wiped',
};

promise(2, 'Consul is killed, stopped, answers 500, or is wiped', WEAKENED, async trial => {
  const rig = await trial.rig();
  const perSecond = trial.pick(40, 150);
  await trial.loadFor(trial.pick(500, 3_000), perSecond, trio(rig));
  if (trial.form === 'soak') await Promise.all(OUTAGES.map(outage => awayForLong(trial, outage, perSecond)));
  else for (const outage of OUTAGES) await away(trial, rig, outage, perSecond);
  await wiped(trial, rig, perSecond);
});

/** Of a Consul of its own, beside the others, with a part of the load: ten minutes need not be half an hour. */
async function awayForLong(trial: Trial, outage: (typeof OUTAGES)[number], perSecond: number): Promise<void> {
  await away(trial, await trial.rig(), outage, Math.round(perSecond / OUTAGES.length));
}

async function away(trial: Trial, rig: Rig, outage: (typeof OUTAGES)[number], perSecond: number): Promise<void> {
  const shares = new Shares();
  const load = trial.load(perSecond, shares.of(trio(rig)));
  await outage.leave(rig);
  const leftAtMs = performance.now();
  await load.goesOn(trial.pick(1_500, 20_000, 600_000));
  const queries = rig.door.queriesPerSecond(leftAtMs);
  await outage.comeBack(rig);
  const backAtMs = performance.now();
  await rig.untilKnown(30_000);
  const freshMs = performance.now() - backAtMs;
  await load.goesOn(500);
  await load.end();
  const during = `while it is ${outage.name}`;
  trial.unharmed(load, { during });
  trial.timing(`fresh <= 2 s after it was ${outage.name}`, `${freshMs.toFixed(0)} ms`, freshMs <= 2_000);
  trial.timing(`<= 1 query/s/service ${during}`, queries.toFixed(2), queries <= 1);
  const worst = Math.max(...SERVICES.map(name => unevenness(shares.between(name, leftAtMs, backAtMs), rig, name)));
  trial.timing(`share per instance within 10 % ${during}`, `${(worst * 100).toFixed(1)} %`, worst <= 0.1);
}

async function wiped(trial: Trial, rig: Rig, perSecond: number): Promise<void> {
  const load = trial.load(perSecond, trio(rig));
  await pause(trial.pick(200, 2_000));
  await rig.consul.kill();
  await rig.consul.startAgain();
  const backAtMs = performance.now();
  await rig.untilKnown(30_000);
  const freshMs = performance.now() - backAtMs;
  await load.goesOn(trial.pick(500, 8_000));
  await load.end();
  trial.unharmed(load, { during: 'while it is wiped' });
  trial.timing('fresh <= 2 s after it was wiped', `${freshMs.toFixed(0)} ms`, freshMs <= 2_000);
}

/** @returns how far the instance that is furthest from a fair share is from it, as a part of that share */
function unevenness(shares: ReadonlyMap<string, number>, rig: Rig, name: (typeof SERVICES)[number]): number {
  const all = rig.instancesOf(name);
  return Math.max(...all.map(({ id }) => Math.abs((shares.get(id) ?? 0) * all.length - 1)));
}
