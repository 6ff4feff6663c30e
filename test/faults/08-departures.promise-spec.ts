import { setTimeout as pause } from 'node:timers/promises';
import { request } from '../support/http.js';
import { quantile } from '../support/measured.js';
import type { Vitals } from './rig/bff-under-test.js';
import { closedLoop } from './rig/closed-loop.js';
import type { ServiceCounts } from './rig/echo-instance.js';
import { promise } from './rig/promise.js';
import { Random } from './rig/random.js';
import type { Rig } from './rig/rig.js';
import type { Trial } from './rig/trial.js';
import type { Weakening } from './rig/weakening.js';

const SERVICE_MS = 60;
/** Few enough that nothing waits for a processor: what is measured is the framework. */
const AT_ONCE = 10;

const WEAKENED: Weakening = {
  without: 'word of departures',
  settings: { sabotage: 'deaf' },
  breaks: 'its calls are cancelled',
};

promise(8, 'clients leave at random moments', WEAKENED, async trial => {
  const rig = await trial.rig({ serviceMs: SERVICE_MS });
  await visit(rig, trial.pick(50, 1_000), 24, 0);
  const before = await rig.bff.vitals(true);
  await left(trial, rig, trial.pick(200, 14_000));
  await inTime(trial, rig, trial.pick(20, 100));
  await sharing(trial, rig, trial.pick(20, 100));
  await trulyOver(trial, rig, before);
});

/** What came of visits. */
interface Visits {
  readonly failed: number;
  /** By path of the calls, when their visitor left; milliseconds of the system's clock. */
  readonly leftAtMs: ReadonlyMap<string, number>;
}

/** Asks for pages that nobody else asks for, leaving after a random time. */
async function visit(rig: Rig, count: number, atOnce: number, leavesRatio: number): Promise<Visits> {
  const random = new Random(8);
  const leftAtMs = new Map<string, number>();
  let failed = 0;
  await closedLoop(count, atOnce, async n => {
    const leave = new AbortController();
    const go = (): void => {
      leftAtMs.set(`/echo/${n}`, Date.now());
      leave.abort();
    };
    const leaves = random.next() < leavesRatio ? setTimeout(go, random.between(0, 1.5 * SERVICE_MS)) : undefined;
    try {
      if ((await request(rig.page(`trio/${n}`), { signal: leave.signal })).status !== 200) failed += 1;
    } catch {
      if (!leave.signal.aborted) failed += 1;
    } finally {
      clearTimeout(leaves);
    }
  });
  return { failed, leftAtMs };
}

async function left(trial: Trial, rig: Rig, count: number): Promise<void> {
  await cancelled(rig);
  const { leftAtMs, failed } = await visit(rig, count, AT_ONCE, 1);
  const gone = leftAtMs.size;
  trial.count(
    'who does not leave in time gets the page',
    `${failed} failed, ${gone} of ${count} left`,
    failed === 0 && gone > count / 2 && gone < count,
  );
  // The last one's calls, too.
  await pause(2 * SERVICE_MS);
  const abortions = await cancelled(rig);
  const unexplained = abortions.filter(({ path }) => !leftAtMs.has(path)).length;
  trial.count('no call is cancelled whose visitor stays', `${unexplained} of ${abortions.length}`, unexplained === 0);
  const late = abortions.flatMap(({ path, atMs }) => (leftAtMs.has(path) ? [atMs - leftAtMs.get(path)!] : []));
  const p99 = late.length > 0 ? quantile(late, 0.99) : Infinity;
  trial.timing(
    `cancelled <= 100 ms after, of ${count} at random`,
    `p99 ${p99} ms, most ${Math.max(...late)} ms, of ${late.length} calls`,
    p99 <= 100,
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
    tookMs.push(...(await cancelled(rig)).map(({ atMs }) => atMs - leftAt));
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
async function trulyOver(trial: Trial, rig: Rig, before: Vitals): Promise<void> {
  const counts = await Promise.all(rig.instances.map(one => one.counts()));
  const underWay = counts.reduce((sum, count) => sum + count.underWay, 0);
  trial.count('nothing is under way at the services', underWay, underWay === 0);
  // Every place of the bulkheads is free again: as many at once as there are places go through.
  const statuses = await Promise.all(
    Array.from({ length: 64 }, async (_, n) => (await request(rig.page(`trio/after-${n}`))).headers['page-complete']),
  );
  const whole = statuses.filter(complete => complete === '?1').length;
  trial.count('every place is free again', `${whole} of 64 whole pages at once`, whole === 64);
  const after = await rig.bff.vitals(true);
  const [timers, sockets] = [of('Timeout'), of('TCPSocketWrap')];
  trial.count(
    'timers, listeners and sockets are as before',
    `timers ${timers(before)} -> ${timers(after)}, listeners ${before.listeners} -> ${after.listeners}, sockets ${sockets(before)} -> ${sockets(after)}`,
    timers(after) <= timers(before) + 2 &&
      after.listeners === before.listeners &&
      // Those 64 at once have left their connections in the pools.
      sockets(after) <= sockets(before) + 4 * 64,
  );
  const grown = after.heapBytes - before.heapBytes;
  trial.timing(
    'heap after collection grows < 2 MiB',
    `${(grown / 2 ** 20).toFixed(2)} MiB of ${(before.heapBytes / 2 ** 20).toFixed(1)}`,
    grown < 2 * 2 ** 20,
  );
}

const of =
  (kind: string) =>
  ({ resources }: Vitals): number =>
    resources[kind] ?? 0;

/** @returns what services saw their caller leave since they were asked last */
async function cancelled(rig: Rig): Promise<ServiceCounts['abortions']> {
  const counts = await Promise.all(rig.instances.map(one => one.counts()));
  return counts.flatMap(({ abortions }) => abortions);
}
