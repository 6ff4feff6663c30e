import { setTimeout as pause } from 'node:timers/promises';
import { request } from '../support/http.js';
import type { Outcome } from '../support/load.js';
import { quantile } from '../support/measured.js';
import { promise } from './rig/promise.js';
import { single } from './rig/requests.js';
import type { Rig } from './rig/rig.js';
import { tookMs, type Trial } from './rig/trial.js';
import type { Weakening } from './rig/weakening.js';

/** Three instances that work on ten at once, 150 ms each: 200 a second. */
const CAN_DO = 200;
const BUSY = { slots: 10, serviceMs: 150 };
const USUAL = 100;
/** Time to notice, and to be back to normal: what is promised holds outside of it. */
const NOTICE_MS = 2_000;

const WEAKENED: Weakening = {
  without: 'shedding',
  settings: { bff: { shedding: { isOn: false } } },
  breaks: 'accepted p99 <= 2 x',
};

promise(10, 'a page is asked for three and ten times as often as its upstream can answer', WEAKENED, async trial => {
  const rig = await trial.rig({ services: ['alpha', 'beta'], defaults: { timeoutMs: 2_000 }, budgetMs: 3_000 });
  for (const one of rig.instancesOf('alpha')) await one.suffer(BUSY);
  await trial.loadFor(trial.pick(1_000, 6_000), USUAL, single(rig, 'alpha'));
  const usual = await trial.loadFor(trial.pick(1_500, 8_000), USUAL, single(rig, 'alpha'));
  const turnedAway = usual.outcomes.filter(({ status }) => status !== 200).length;
  trial.count('nobody is turned away before', turnedAway, turnedAway === 0);
  const before = tookMs(usual.outcomes, 0.99);
  for (const times of trial.pick([3], [3, 10])) await overload(trial, rig, times, before);
  if (trial.form !== 'short') await curve(trial, rig);
});

async function overload(trial: Trial, rig: Rig, times: number, before: number): Promise<void> {
  const load = trial.load(CAN_DO * times, single(rig, 'alpha'));
  const other = trial.load(20, single(rig, 'beta'));
  const health = askHealth(rig);
  await load.reaches(NOTICE_MS + trial.pick(1_500, 8_000));
  await load.end();
  await other.end();
  const asked = await health.end();
  const at = `at ${times} x`;
  judgeCounts(trial, load.outcomes, at);
  trial.count(`health answers 200, ${at}`, `${asked.count - asked.wrong} of ${asked.count}`, asked.wrong === 0);
  trial.unharmed(other, { during: `of pages over another upstream, ${at}` });
  judgeTimes(trial, load.outcomes, at, before);

  await pause(NOTICE_MS);
  const calm = await trial.loadFor(trial.pick(500, 4_000), USUAL, single(rig, 'alpha'));
  const failed = calm.outcomes.filter(({ status }) => status !== 200).length;
  trial.count(`all are served 2 s after, ${at}`, `${failed} of ${calm.outcomes.length} were not`, failed === 0);
}

function judgeCounts(trial: Trial, outcomes: readonly Outcome[], at: string): void {
  const by: Record<string, number> = {};
  for (const { status } of outcomes) by[status] = (by[status] ?? 0) + 1;
  const told = Object.entries(by).map(([status, count]) => `${count} x ${status}`);
  const isExpected = Object.keys(by).sort().join() === '200,503';
  trial.count(`some are served, the rest gets 503, ${at}`, told.join(', '), isExpected);
  const refused = outcomes.filter(({ status }) => status === 503);
  const silent = refused.filter(({ retryAfter }) => !(Number(retryAfter) > 0)).length;
  trial.count(`each 503 says Retry-After, ${at}`, `${refused.length - silent} of ${refused.length}`, silent === 0);
}

function judgeTimes(trial: Trial, outcomes: readonly Outcome[], at: string, before: number): void {
  const noticed = outcomes.filter(({ dueMs }) => dueMs >= NOTICE_MS);
  const seconds = (Math.max(...noticed.map(({ dueMs }) => dueMs)) - NOTICE_MS) / 1_000;
  const goodput = noticed.filter(({ status }) => status === 200).length / seconds;
  const goal = `goodput >= 90 % of ${CAN_DO} a second, ${at}`;
  trial.timing(goal, `${goodput.toFixed(0)} a second`, goodput >= CAN_DO * 0.9);
  const [after, whole] = [tookMs(noticed, 0.99), tookMs(outcomes, 0.99)];
  trial.timing(
    `accepted p99 <= 2 x, ${at}`,
    `${(after / before).toFixed(2)} x (${before.toFixed(0)} -> ${after.toFixed(0)} ms; with its first 2 s ${whole.toFixed(0)} ms)`,
    after <= 2 * before,
  );
  const refused = noticed.filter(({ status }) => status === 503).map(outcome => outcome.tookMs);
  const refusedMs = refused.length > 0 ? quantile(refused, 0.99) : Infinity;
  trial.timing(`a 503 in <= 50 ms at p99, ${at}`, `${refusedMs.toFixed(1)} ms`, refusedMs <= 50);
}

/** How it goes on, up to where the BFF itself can do no more: told, not judged. */
async function curve(trial: Trial, rig: Rig): Promise<void> {
  const points: string[] = [];
  for (const perSecond of [3_000, 4_500]) {
    const from = await rig.bff.vitals();
    const load = await trial.loadFor(3_000, perSecond, single(rig, 'alpha'), { isBeyond: true });
    const cpu = ((await rig.bff.vitals()).cpuMs - from.cpuMs) / load.ageMs;
    const good = load.outcomes.filter(({ status }) => status === 200).length / (load.ageMs / 1_000);
    const p99 = tookMs(load.outcomes, 0.99).toFixed(0);
    points.push(
      `${perSecond}/s: ${good.toFixed(0)} served a second, p99 ${p99} ms, ${(cpu * 100).toFixed(0)} % of a core`,
    );
    await pause(NOTICE_MS);
  }
  trial.count('beyond, as reported', points.join('; '), points.length === 2);
}

/** Asks for both kinds of health ten times a second. */
function askHealth(rig: Rig): { end(): Promise<{ count: number; wrong: number }> } {
  const asked = { count: 0, wrong: 0 };
  const over = new AbortController();
  const asking = (async () => {
    while (!over.signal.aborted) {
      for (const path of ['live', 'ready']) {
        asked.count += 1;
        if ((await request(`${rig.bff.url}/health/${path}`)).status !== 200) asked.wrong += 1;
      }
      await pause(100);
    }
  })();
  return {
    end: async () => {
      over.abort();
      await asking;
      return asked;
    },
  };
}
