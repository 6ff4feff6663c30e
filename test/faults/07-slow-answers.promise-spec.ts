import { setTimeout as pause } from 'node:timers/promises';
import type { Load, Outcome } from '../support/load.js';
import { quantile } from '../support/measured.js';
import type { ServiceFault } from './rig/echo-instance.js';
import type { NetworkFault } from './rig/fault-proxy.js';
import { promise } from './rig/promise.js';
import { single, trio } from './rig/requests.js';
import type { Rig } from './rig/rig.js';
import type { Trial } from './rig/trial.js';
import type { Weakening } from './rig/weakening.js';

const BUDGET_MS = 400;

const SLOW: readonly (readonly [string, { readonly service?: ServiceFault; readonly network?: NetworkFault }])[] = [
  ['10 s delay', { service: { delayMs: 10_000 } }],
  ['drip', { service: { dripMs: 40 } }],
  ['head drip', { service: { headDripMs: 20 } }],
  ['stall', { service: { isStalled: true } }],
  ['drip of the network', { network: { dripMs: 10 } }],
];

const WEAKENED: Weakening = {
  without: 'haste: its budget is twice as long',
  settings: { budgetMs: 800 },
  breaks: 'page ends <=',
};

promise(7, 'every instance of an upstream takes for ever, each in its own way', WEAKENED, async trial => {
  // The page's budget ends it, not an attempt's timeout; every call waits to its end.
  const rig = await trial.rig({
    isProxied: true,
    budgetMs: BUDGET_MS,
    // The door would shut for a page that is always lost.
    bff: { shedding: { isOn: false } },
    defaults: { timeoutMs: 10_000, breaker: false, maxConcurrent: 1_000, ejection: false },
  });
  const perSecond = trial.pick(20, 100);
  await trial.loadFor(trial.pick(500, 6_000), perSecond, trio(rig));
  const before = await rig.bff.vitals(true);
  for (const [how, fault] of SLOW) await slow(trial, rig, how, fault, perSecond);
  await optionalOne(trial, rig, perSecond);
  if (trial.form === 'short') return;
  await trial.loadFor(2_000, perSecond, trio(rig));
  const { rssBytes } = await rig.bff.vitals(true);
  const grown = rssBytes / before.rssBytes - 1;
  trial.timing(
    'RSS within 5 %',
    `${(grown * 100).toFixed(1)} % of ${(before.rssBytes / 2 ** 20).toFixed(0)} MiB`,
    grown <= 0.05,
  );
});

async function slow(
  trial: Trial,
  rig: Rig,
  how: string,
  { service, network }: { readonly service?: ServiceFault; readonly network?: NetworkFault },
  perSecond: number,
): Promise<void> {
  const alphas = rig.instancesOf('alpha');
  for (const one of alphas) {
    if (service) await one.suffer(service);
    if (network) one.proxy!.suffer(network);
    await one.counts();
  }
  const endedBefore = endedSockets(rig);
  const load = await trial.loadFor(trial.pick(800, 10_000), perSecond, single(rig, 'alpha'));
  const ended = load.outcomes.map(({ tookMs }) => tookMs);
  const all = load.outcomes.every(({ status }) => status === 504);
  trial.count(`every page ends, ${how}`, statuses(load), all && ended.length === load.summary().sent);
  const [p99, p999] = [quantile(ended, 0.99), quantile(ended, 0.999)];
  trial.timing(
    `page ends <= budget + 50 ms at p99, + 150 ms at p99.9, ${how}`,
    `+ ${(p99 - BUDGET_MS).toFixed(1)} ms, + ${(p999 - BUDGET_MS).toFixed(1)} ms`,
    p99 <= BUDGET_MS + 50 && p999 <= BUDGET_MS + 150,
  );
  await closes(trial, rig, how, load.outcomes, endedBefore);
  for (const one of alphas) {
    await one.suffer({});
    one.proxy!.suffer({});
  }
}

/** A page is served without a section that takes for ever, as late. */
async function optionalOne(trial: Trial, rig: Rig, perSecond: number): Promise<void> {
  for (const one of rig.instancesOf('beta')) await one.suffer({ isStalled: true });
  const load = await trial.loadFor(trial.pick(800, 6_000), perSecond, trio(rig));
  for (const one of rig.instancesOf('beta')) await one.suffer({});
  const { sent, degraded } = load.summary();
  trial.count('every page is served, of an optional section that stalls', statuses(load), degraded === sent);
  const p99 = quantile(
    load.outcomes.map(({ tookMs }) => tookMs),
    0.99,
  );
  const late = p99 - BUDGET_MS;
  trial.timing('<= budget + 50 ms at p99, of an optional section that stalls', `+ ${late.toFixed(1)} ms`, late <= 50);
}

/** The sockets of those pages are closed: as many as there were calls, the last soon after the last page. */
async function closes(
  trial: Trial,
  rig: Rig,
  how: string,
  outcomes: readonly Outcome[],
  endedBefore: number,
): Promise<void> {
  await pause(100);
  const inTime = endedSockets(rig) - endedBefore;
  trial.timing(
    `its socket is closed <= 100 ms after the page, ${how}`,
    `${inTime} of ${outcomes.length}`,
    inTime >= outcomes.length,
  );
  await pause(400);
  const counts = await Promise.all(rig.instancesOf('alpha').map(one => one.counts()));
  const inTheEnd = endedSockets(rig) - endedBefore;
  trial.count(`every socket is closed, ${how}`, `${inTheEnd} of ${outcomes.length}`, inTheEnd >= outcomes.length);
  if (isOfNetwork(how)) return;
  const seen = counts.flatMap(({ abortions }) => abortions);
  trial.count(
    `every call is cancelled, ${how}`,
    `${seen.length} of ${outcomes.length}`,
    seen.length === outcomes.length,
  );
  const pageEndedAtMs = new Map(outcomes.map(one => [one.path.replace('/pages/alpha/', '/echo/'), one.endedAtMs]));
  const late = seen.map(({ path, atMs }) => atMs - (pageEndedAtMs.get(path) ?? -Infinity));
  trial.timing(
    `the service sees it <= 100 ms after its page, ${how}`,
    `p99 ${quantile(late, 0.99)} ms, most ${Math.max(...late)} ms`,
    Math.max(...late) <= 100,
  );
}

/** The service has given its whole answer by then, and sees nothing. */
const isOfNetwork = (how: string): boolean => how.endsWith('of the network');

const endedSockets = (rig: Rig): number =>
  rig.instancesOf('alpha').reduce((sum, { proxy }) => sum + proxy!.endedCount, 0);

function statuses(load: Load): string {
  return JSON.stringify(load.summary().byStatus);
}
