import { promise } from './rig/promise.js';
import { trio } from './rig/requests.js';
import { Shares } from './rig/shares.js';
import { tookMs } from './rig/trial.js';
import type { Weakening } from './rig/weakening.js';

const WEAKENED: Weakening = {
  without: 'ejection',
  settings: { defaults: { ejection: false } },
  breaks: 'degraded',
};

promise(4, 'one of three instances is a blackhole, of a required and of an optional section', WEAKENED, async trial => {
  const rig = await trial.rig({ isProxied: true });
  const perSecond = trial.pick(60, 200);
  const shares = new Shares();
  await trial.loadFor(trial.pick(500, 3_000), perSecond, trio(rig));
  const load = trial.load(perSecond, shares.of(trio(rig)));
  await load.reaches(trial.pick(500, 10_000));

  const victims = [rig.instancesOf('alpha')[0]!, rig.instancesOf('beta')[0]!];
  const struckMs = load.ageMs;
  await rig.bff.happened();
  for (const { proxy } of victims) proxy!.suffer({ isBlackhole: true });
  await load.goesOn(trial.pick(2_000, 9_000));
  const { byInstance, changes } = await rig.bff.happened();
  const healedMs = load.ageMs;
  const healedAt = performance.now();
  for (const { proxy } of victims) proxy!.suffer({});
  await load.goesOn(trial.pick(500, 25_000));
  await load.end();

  trial.unharmed(load, { degradedRatio: 0.005 });
  const attempts = (wanted: boolean): number =>
    Object.entries(byInstance).reduce(
      (sum, [address, counts]) =>
        sum + (victims.some(one => one.address === address) === wanted ? counts!.attempts : 0),
      0,
    );
  trial.count(
    'few attempts go to them: less than a third of their fair share',
    `${attempts(true)} of ${attempts(true) + attempts(false)}`,
    attempts(true) < (attempts(true) + attempts(false)) * (2 / 9 / 3),
  );
  const others = changes.filter(({ instance }) => !victims.some(({ address }) => address === instance));
  trial.count('no other instance is ejected', others.length, others.length === 0);
  if (trial.form === 'short') return;

  const before = tookMs(
    load.outcomes.filter(({ dueMs }) => dueMs < struckMs),
    0.99,
  );
  const after = tookMs(
    load.outcomes.filter(({ dueMs }) => dueMs >= struckMs + 3_000 && dueMs < healedMs),
    0.99,
  );
  trial.timing(
    'p99 <= 1.2 x baseline from 3 s on',
    `${(after / before).toFixed(2)} x (${before.toFixed(1)} -> ${after.toFixed(1)} ms)`,
    after <= 1.2 * before,
  );
  for (const { id, name } of victims) {
    const backAt = shares.firstAnswer(id, healedAt + 200);
    const backMs = backAt === undefined ? Infinity : backAt - healedAt;
    trial.timing(`${name}'s healed one is back <= 10 s later`, `${(backMs / 1_000).toFixed(1)} s`, backMs <= 10_000);
    if (backAt === undefined) continue;
    const ramp = [0, 1, 2, 3, 10].map(
      s => shares.between(name, backAt + s * 1_000, backAt + (s + 1) * 1_000).get(id) ?? 0,
    );
    trial.timing(
      'and ramped: less than half its fair share at first, over 0.8 of it after 10 s',
      ramp.map(share => (share * 3).toFixed(2)).join(' '),
      ramp[0]! * 3 < 0.5 && ramp.at(-1)! * 3 > 0.8,
    );
  }
});
