import type { Outcome } from '../support/load.js';
import { promise } from './rig/promise.js';
import { single } from './rig/requests.js';
import { tookMs } from './rig/trial.js';
import type { Weakening } from './rig/weakening.js';

const CONNECTIONS = 16;

const WEAKENED: Weakening = {
  without: 'caps of calls and connections',
  settings: { defaults: { maxConnections: 4_096, maxConcurrent: 10_000 }, bff: { shedding: { isOn: false } } },
  breaks: 'sockets to an instance',
};

promise(11, 'one upstream hangs', WEAKENED, async trial => {
  // Two rigs at once, so that what else the machine does meets both: one whose alpha hangs, one where all is well.
  const settings = {
    services: ['alpha', 'beta'] as const,
    defaults: { maxConnections: CONNECTIONS, timeoutMs: 2_000 },
    budgetMs: 2_500,
  };
  const [hung, well] = [await trial.rig(settings), await trial.rig(settings)];
  const perSecond = trial.pick(30, 80);
  for (const rig of [hung, well]) await trial.loadFor(trial.pick(500, 3_000), perSecond, single(rig, 'beta'));
  for (const one of hung.instancesOf('alpha')) await one.suffer({ isStalled: true });

  const onAlpha = [hung, well].map(rig => trial.load(trial.pick(30, 60), single(rig, 'alpha')));
  await onAlpha[0]!.reaches(trial.pick(1_000, 3_000));
  const onBeta = [hung, well].map(rig => trial.load(perSecond, single(rig, 'beta')));
  let sockets = 0;
  for (let i = 0; i < trial.pick(4, 50); i++) {
    await onBeta[0]!.goesOn(500);
    const counts = await Promise.all(hung.instancesOf('alpha').map(one => one.counts()));
    sockets = Math.max(sockets, ...counts.map(count => count.sockets));
  }
  await Promise.all([...onAlpha, ...onBeta].map(load => load.end()));

  trial.unharmed(onBeta[0]!, { during: 'of pages that do not use it' });
  const failed = onAlpha[0]!.summary().failed;
  trial.count('pages that use it do fail', failed, failed > 0);
  // One of Consul's checks may be connected, too.
  trial.count(`<= ${CONNECTIONS} sockets to an instance, and one of its check`, sockets, sockets <= CONNECTIONS + 1);
  if (trial.form === 'short') return;
  const p99 = (outcomes: readonly Outcome[]): number => tookMs(outcomes, 0.99);
  const [withHung, without] = [p99(onBeta[0]!.outcomes), p99(onBeta[1]!.outcomes)];
  trial.timing(
    'p99 of pages that do not use it: + <= 10 %',
    `${((withHung / without - 1) * 100).toFixed(1)} % (${without.toFixed(1)} -> ${withHung.toFixed(1)} ms)`,
    withHung <= without * 1.1,
  );
});
