import type { Load } from '../support/load.js';
import { promise } from './rig/promise.js';
import { trio } from './rig/requests.js';
import type { Rig } from './rig/rig.js';
import type { Weakening } from './rig/weakening.js';

const WEAKENED: Weakening = {
  without: 'further attempts',
  settings: { defaults: { maxRetries: 0 } },
  breaks: 'of kill -9',
};

promise(1, 'every instance of every upstream is restarted, in order or by kill -9', WEAKENED, async trial => {
  const rig = await trial.rig();
  const perSecond = trial.pick(50, 400);
  const pages = trial.pick(300, 30_000);
  await trial.loadFor(1_000, perSecond, trio(rig));

  const orderly = trial.load(perSecond, trio(rig));
  await restartAll(rig, orderly, 'SIGTERM', trial.pick(1, 3), (pages / perSecond) * 1_000);
  trial.unharmed(orderly, { during: 'of a rolling restart' });

  const killed = trial.load(perSecond, trio(rig));
  await restartAll(rig, killed, 'SIGKILL', trial.pick(1, 3), (trial.pick(300, 6_000) / perSecond) * 1_000);
  trial.unharmed(killed, { degradedRatio: 0.001, during: 'of kill -9' });
});

/** Replaces so many instances of each service, one after the other, spread over the load. */
async function restartAll(
  rig: Rig,
  load: Load,
  signal: 'SIGTERM' | 'SIGKILL',
  ofEach: number,
  forMs: number,
): Promise<void> {
  const victims = rig.instances.filter(
    instance => rig.instancesOf(instance.name as 'alpha').indexOf(instance) < ofEach,
  );
  for (const [index, victim] of victims.entries()) {
    await load.reaches((forMs * (index + 0.5)) / victims.length);
    await rig.remove(victim, signal);
    await rig.add(victim.name as 'alpha');
  }
  await load.reaches(forMs);
  await load.end();
}
