import { request } from '../support/http.js';
import type { Vitals } from './rig/bff-under-test.js';
import { closedLoop } from './rig/closed-loop.js';
import { promise } from './rig/promise.js';
import type { Weakening } from './rig/weakening.js';

const AT_ONCE = 32;
const POINTS = 8;

const WEAKENED: Weakening = {
  without: 'care: a little of each request is kept',
  settings: { sabotage: 'leaking' },
  breaks: 'heap after collection grows',
};

promise(16, 'page after page, and nothing grows', WEAKENED, async trial => {
  const rig = await trial.rig({ serviceMs: 0, services: ['alpha', 'beta', 'gamma'], instances: 1 });
  const pages = trial.pick(2_000, 100_000, 1_000_000);
  const ask = (count: number): Promise<void> =>
    closedLoop(count, AT_ONCE, async n => {
      const { status } = await request(rig.page(n % 4 === 0 ? `trio/${n % 5_000}` : `alpha/${n % 5_000}`));
      if (status !== 200) failed += 1;
    });
  let failed = 0;
  // Code is compiled, pools are at their size.
  await ask(trial.pick(1_000, 30_000));
  const points: { pages: number; vitals: Vitals }[] = [{ pages: 0, vitals: await rig.bff.vitals(true) }];
  for (let point = 1; point <= POINTS; point++) {
    await ask(pages / POINTS);
    points.push({ pages: (pages / POINTS) * point, vitals: await rig.bff.vitals(true) });
  }
  trial.count('0 failed', `${failed} of ${pages}`, failed === 0);
  const [first, last] = [points[0]!.vitals, points.at(-1)!.vitals];
  trial.count(
    'handles, timers and listeners are flat',
    `${JSON.stringify(first.resources)} and ${first.listeners} -> ${JSON.stringify(last.resources)} and ${last.listeners}`,
    last.listeners === first.listeners && grown(first, last) <= AT_ONCE,
  );
  if (trial.form === 'short') return;
  const slope = slopeOf(points.map(({ pages: x, vitals }) => [x, vitals.heapBytes]));
  trial.timing(
    'heap after collection grows < 10 bytes a page',
    `${slope.toFixed(2)} bytes a page (${points.map(({ vitals }) => (vitals.heapBytes / 2 ** 20).toFixed(2)).join(' ')} MiB)`,
    slope < 10,
  );
});

/** @returns how many more of one kind of resource there are */
function grown({ resources: before }: Vitals, { resources: after }: Vitals): number {
  return Math.max(...Object.entries(after).map(([kind, count]) => count - (before[kind] ?? 0)));
}

/** @returns the slope of the line that fits these points best (least squares) */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (of: 0 | 1): number => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const top = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return top / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
