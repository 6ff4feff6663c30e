import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { request } from '../support/http.js';
import { scratchFolder } from '../support/services.js';
import { until } from '../support/until.js';
import { BffUnderTest } from './rig/bff-under-test.js';
import { promise } from './rig/promise.js';

promise(3, 'a BFF boots while Consul is away', undefined, async trial => {
  const file = join(scratchFolder(), 'known.json');
  const env = { DISCOVERY_SNAPSHOT_FILE: file };
  const rig = await trial.rig({ env });
  await until('the snapshot is written', () => statSync(file, { throwIfNoEntry: false }) !== undefined);
  await rig.bff.program.end();
  trial.count(
    'the snapshot is its owner’s alone',
    (statSync(file).mode & 0o777).toString(8),
    (statSync(file).mode & 0o777) === 0o600,
  );
  await rig.consul.kill();

  const [withIt, without] = await Promise.all([
    BffUnderTest.start(rig.door.address, { env, isUnready: true }),
    BffUnderTest.start(rig.door.address, { isUnready: true }),
  ]);
  await until('it is ready', () => withIt.isReady());
  const load = await trial.loadFor(trial.pick(1_000, 10_000), trial.pick(40, 100), n => ({
    url: `${withIt.url}/pages/trio/${n}`,
  }));
  trial.unharmed(load, { during: 'from the snapshot' });

  let isReadyTooEarly = false;
  for (let i = 0; i < 10; i++) {
    isReadyTooEarly ||= await without.isReady();
    await pause(50);
  }
  trial.count(
    'without one it is not ready, and alive',
    isReadyTooEarly ? 'ready' : 'not ready',
    !isReadyTooEarly && (await request(`${without.url}/health/live`)).status === 200,
  );

  await rig.consul.startAgain();
  const backAt = performance.now();
  await without.knowsAll({ alpha: 3, beta: 3, gamma: 3 }, 20_000);
  const freshMs = performance.now() - backAt;
  trial.count(
    'and ready once Consul is back',
    (await without.isReady()) ? 'ready' : 'not ready',
    await without.isReady(),
  );
  trial.timing('<= 2 s after', `${freshMs.toFixed(0)} ms`, freshMs <= 2_000);
  await withIt.knowsAll({ alpha: 3, beta: 3, gamma: 3 }, 20_000);
});
