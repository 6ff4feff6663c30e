import { setTimeout as pause } from 'node:timers/promises';
import { request } from '../support/http.js';
import { quantile } from '../support/measured.js';
import { closedLoop } from './rig/closed-loop.js';
import { promise } from './rig/promise.js';
import { Random } from './rig/random.js';
import type { Rig } from './rig/rig.js';
import type { Trial } from './rig/trial.js';

const SERVICE_MS = 60;

promise(8, 'clients leave at random moments', async trial => {
  const rig = await trial.rig({ serviceMs: SERVICE_MS });
  await visit(rig, trial.pick(50, 1_000), 24, 0);
  const before = await rig.bff.vitals(true);
  await left(trial, rig, trial.pick(200, 10_000));
  await inTime(trial, rig, trial.pick(20, 100));
  await sharing(trial, rig, trial.pick(20, 100));
  await trulyOver(trial, rig, before);
});

/** Asks for pages that nobody else asks for, leaving after a random time. @returns how many did */
async function visit(
  rig: Rig,
  count: number,
  atOnce: number,
  leavesRatio: number,
): Promise<{ left: number; failed: number }> {
  const random = new Random(8);
  let gone = 0;
  let failed = 0;
  await closedLoop(count, atOnce, async n => {
    const leave = new AbortController();
    if (random.next() < leavesRatio) setTimeout(() => leave.abort(), random.between(0, 6 * SERVICE_MS));
    try {
      if ((await request(rig.page(`trio/${n}`), { signal: leave.signal })).status !== 200) failed += 1;
    } catch {
      gone += 1;
    }
  });
  return { left: gone, failed };
}

async function left(trial: Trial, rig: Rig, count: number): Promise<void> {
  const { left: gone, failed } = await visit(rig, count, 64, 1);
  trial.count(
    'who does not leave in time gets the page',
    `${failed} failed, ${gone} of ${count} left`,
    failed === 0 && gone > count / 10 && gone < count,
  );
}

/** One at a time, so that it is known whose call it was. */
async function inTime(trial: Trial, rig: Rig, count: number): Promise<void> {
  // What the last phase left behind is over.
  do await pause(300);
  while ((await cancelled(rig)).length > 0);
  const tookMs: number[] = [];
  for (let n = 0; n < count; n++) {
    const leave = new AbortController();
    const answer = request(rig.page(`alpha/alone-${n}`), { signal: leave.signal }).catch(() => undefined);
    await pause(SERVICE_MS / 2);
    const leftAt = Date.now();
    leave.abort();
    await answer;
    await pause(SERVICE_MS);
    tookMs.push(...(await cancelled(rig)).map(atMs => atMs - leftAt));
  }
  trial.count('its calls are cancelled', `${tookMs.length} of ${count}`, tookMs.length === count);
  const p99 = tookMs.length > 0 ? quantile(tookMs, 0.99) : Infinity;
  trial.timing('<= 100 ms later', `p99 ${p99} ms`, p99 <= 100);
}

/** Two ask for the same; one leaves, whoever came first. */
async function sharing(trial: Trial, rig: Rig, count: number): Promise<void> {
  await cancelled(rig);
  let served = 0;
  for (let n = 0; n < count; n++) {
    const leave = new AbortController();
    const leaving = request(rig.page(`open/both-${n}`), { signal: leave.signal }).catch(() => undefined);
    const staying = request(rig.page(`open/both-${n}`));
    const [first, second] = n % 2 === 0 ? [leaving, staying] : [staying, leaving];
    await pause(SERVICE_MS / 2);
    leave.abort();
    served += (await Promise.all([first, second])).filter(answer => answer?.status === 200).length;
  }
  trial.count('who shares with one that leaves gets the page', `${served} of ${count}`, served === count);
  const aborted = (await cancelled(rig)).length;
  trial.count('and the shared call goes on', `${aborted} cancelled`, aborted === 0);
}

/** Nothing is under way any more, and what is kept is kept no longer. */
async function trulyOver(
  trial: Trial,
  rig: Rig,
  before: { resources: Readonly<Record<string, number>>; listeners: number },
): Promise<void> {
  const counts = await Promise.all(rig.instances.map(one => one.counts()));
  const underWay = counts.reduce((sum, count) => sum + count.underWay, 0);
  trial.count('nothing is under way at the services', underWay, underWay === 0);
  // Every place of the bulkheads is free again: as many at once as there are places go through.
  const statuses = await Promise.all(
    Array.from({ length: 64 }, async (_, n) => (await request(rig.page(`trio/after-${n}`))).headers['page-complete']),
  );
  const whole = statuses.filter(complete => complete === '?1').length;
  trial.count('every place is free again', `${whole} of 64 whole pages at once`, whole === 64);
  const { resources, listeners } = await rig.bff.vitals(true);
  const timers = (of: Readonly<Record<string, number>>): number => of['Timeout'] ?? 0;
  trial.count(
    'timers and listeners are as before',
    `timers ${timers(before.resources)} -> ${timers(resources)}, listeners ${before.listeners} -> ${listeners}`,
    timers(resources) <= timers(before.resources) + 2 && listeners === before.listeners,
  );
}

async function cancelled(rig: Rig): Promise<readonly number[]> {
  const counts = await Promise.all(rig.instancesOf('alpha').map(one => one.counts()));
  return counts.flatMap(({ abortedAtMs }) => abortedAtMs);
}
