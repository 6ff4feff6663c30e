import { setTimeout as pause } from 'node:timers/promises';
import type { Load, Outcome } from '../support/load.js';
import { quantile } from '../support/measured.js';
import type { ServiceFault } from './rig/echo-instance.js';
import type { NetworkFault } from './rig/fault-proxy.js';
import { promise } from './rig/promise.js';
import { single, trio } from './rig/requests.js';
import type { Rig } from './rig/rig.js';
import type { Trial } from './rig/trial.js';

const BUDGET_MS = 400;

const SLOW: readonly (readonly [string, { readonly service?: ServiceFault; readonly network?: NetworkFault }])[] = [
  ['10 s delay', { service: { delayMs: 10_000 } }],
  ['drip', { service: { dripMs: 40 } }],
  ['head drip', { service: { headDripMs: 20 } }],
  ['stall', { service: { isStalled: true } }],
  ['drip of the network', { network: { dripMs: 10 } }],
];

promise(7, 'every instance of an upstream takes for ever, each in its own way', async trial => {
  // The page's budget ends it, not an attempt's timeout; every call waits to its end.
  const rig = await trial.rig({
    isProxied: true,
    budgetMs: BUDGET_MS,
    // The door would shut for a page that is always lost.
    bff: { shedding: { isOn: false } },
    defaults: { timeoutMs: 10_000, breaker: false, maxConcurrent: 1_000, ejection: false },
  });
  const perSecond = trial.pick(20, 60);
  await trial.loadFor(trial.pick(500, 6_000), perSecond, trio(rig));
  const before = await rig.bff.vitals(true);
  for (const [how, fault] of SLOW) await slow(trial, rig, how, fault, perSecond);
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
  const load = await trial.loadFor(trial.pick(800, 6_000), perSecond, single(rig, 'alpha'));
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

/** The sockets of those pages are closed: as many as there were calls, the last soon after the last page. */
async function closes(
  trial: Trial,
  rig: Rig,
  how: string,
  outcomes: readonly Outcome[],
  endedBefore: number,
): Promise<void> {
  const lastPage = Date.now();
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
  const aborted = counts.reduce((sum, count) => sum + count.aborted, 0);
  trial.count(`every call is cancelled, ${how}`, `${aborted} of ${outcomes.length}`, aborted === outcomes.length);
  const last = Math.max(...counts.flatMap(({ abortedAtMs }) => abortedAtMs));
  trial.timing(
    `the service sees it <= 100 ms after the page, ${how}`,
    `${last - lastPage} ms after the last`,
    last - lastPage <= 100,
  );
}

/** The service has given its whole answer by then, and sees nothing. */
const isOfNetwork = (how: string): boolean => how.endsWith('of the network');

const endedSockets = (rig: Rig): number =>
  rig.instancesOf('alpha').reduce((sum, { proxy }) => sum + proxy!.endedCount, 0);

function statuses(load: Load): string {
  return JSON.stringify(load.summary().byStatus);
}
