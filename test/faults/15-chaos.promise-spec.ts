import { setTimeout as pause } from 'node:timers/promises';
import type { Vitals } from './rig/bff-under-test.js';
import type { EchoInstance, ServiceFault } from './rig/echo-instance.js';
import type { NetworkFault } from './rig/fault-proxy.js';
import { promise } from './rig/promise.js';
import { Random } from './rig/random.js';
import { single, trio } from './rig/requests.js';
import { type Rig, SERVICES, type ServiceName } from './rig/rig.js';
import type { Weakening } from './rig/weakening.js';
import { Witness } from './rig/witness.js';

/** `FAULTS_SEED` replays a run: what happens, when, and to which instance. */
const seed = Number(process.env['FAULTS_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const NETWORK_FAULTS: readonly NetworkFault[] = [
  { isBlackhole: true },
  { isReset: true },
  { latencyMs: 60 },
  { bytesPerSecond: 2_000 },
  { dripMs: 5 },
  { cutAfterBytes: 150 },
  { extraBytes: 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}' },
  { isHalfClosed: true },
];
/** Not 500: that is a service's answer, which is not asked for again; see promise 5 for an instance that gives it. */
const SERVICE_FAULTS: readonly ServiceFault[] = [
  { status: 503 },
  { status: 502 },
  { ratio: 0.5, isReset: true },
  { delayMs: 500 },
  { isStalled: true },
  { dripMs: 3 },
  { headDripMs: 1 },
  { isDoubled: true },
];

const WEAKENED: Weakening = {
  without: 'ejection and further attempts',
  settings: { defaults: { ejection: false, maxRetries: 0 } },
  breaks: 'required-only pages',
};

promise(15, 'all faults at random, of one instance of each service and of Consul at a time', WEAKENED, async trial => {
  const rig = await trial.rig({ isProxied: true });
  await trial.loadFor(trial.pick(500, 5_000), 60, trio(rig));
  const before = await rig.bff.vitals(true);
  const forMs = trial.pick(4_000, 120_000, 1_800_000);
  const random = new Random(seed);
  const required = trial.load(trial.pick(30, 100), single(rig, 'alpha'));
  const withOptional = trial.load(trial.pick(15, 50), trio(rig));
  const log: string[] = [];
  const witness = new Witness(rig, required, 'alpha', log);
  const until = performance.now() + forMs;
  await Promise.all([
    ...SERVICES.map(name => trouble(rig, name, new Random(random.next() * 2 ** 31), until, log)),
    consulTrouble(rig, new Random(random.next() * 2 ** 31), until, log),
  ]);
  await Promise.all([required.end(), withOptional.end()]);
  witness.end();

  const { sent, failed, wrong, troubles } = required.summary();
  trial.count(
    'required-only pages >= 99.99 %',
    `${sent - failed} of ${sent}${failed ? `: ${[...troubles, ...witness.notes].join(' | ')}` : ''}`,
    // One of less than ten thousand is as near as it can be told.
    failed <= Math.max(trial.form === 'short' ? 0 : 1, sent * 0.0001),
  );
  const others = withOptional.summary();
  trial.count('0 wrong', wrong + others.wrong, wrong + others.wrong === 0);
  const ended = rig.bff.program.child.exitCode !== null || rig.bff.program.child.signalCode !== null;
  trial.count(
    '0 crashes',
    `${ended ? 1 : 0}; seed ${seed}, ${log.length} faults; with optional sections: ${others.failed} of ${others.sent} failed, ${others.degraded} degraded`,
    !ended,
  );
  const leaked = await untilBack(rig, before, trial.pick(3_000, 8_000));
  trial.count('0 leaks: handles are back where they were', leaked.told, leaked.isBack);
});

/** One instance of a service after the other has some trouble. */
async function trouble(rig: Rig, name: ServiceName, random: Random, until: number, log: string[]): Promise<void> {
  while (performance.now() < until) {
    await pause(random.between(200, 1_500));
    const instance = random.one(rig.instancesOf(name));
    const kind = random.one(['network', 'network', 'service', 'service', 'killed'] as const);
    const lasts = random.between(300, 3_000);
    const fault =
      kind === 'network' ? random.one(NETWORK_FAULTS) : kind === 'service' ? random.one(SERVICE_FAULTS) : {};
    log.push(`${name} ${kind} ${JSON.stringify(fault)} ${lasts.toFixed(0)} ms`);
    await strike(rig, instance, kind, fault, lasts);
  }
}

async function strike(
  rig: Rig,
  instance: EchoInstance,
  kind: 'network' | 'service' | 'killed',
  fault: NetworkFault & ServiceFault,
  lastsMs: number,
): Promise<void> {
  if (kind === 'killed') {
    await rig.remove(instance, 'SIGKILL');
    await pause(lastsMs);
    await rig.add(instance.name as ServiceName);
    return;
  }
  const set = (now: NetworkFault & ServiceFault): Promise<void> | void =>
    kind === 'network' ? instance.proxy!.suffer(now) : instance.suffer(now);
  await set(fault);
  await pause(lastsMs);
  await set({});
}

async function consulTrouble(rig: Rig, random: Random, until: number, log: string[]): Promise<void> {
  while (performance.now() < until) {
    await pause(random.between(500, 5_000));
    const kind = random.one(['stopped', 'answering 500'] as const);
    log.push(`Consul ${kind}`);
    if (kind === 'stopped') rig.consul.stand();
    else rig.door.break();
    await pause(random.between(200, 2_000));
    rig.consul.goOn();
    rig.door.mend();
  }
}

/** Waits until the BFF holds no more than it did, connections of the load aside. */
async function untilBack(rig: Rig, before: Vitals, limitMs: number): Promise<{ isBack: boolean; told: string }> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const { resources, listeners } = await rig.bff.vitals(true);
    const more = Object.entries(resources)
      .map(([kind, count]) => `${kind} ${before.resources[kind] ?? 0} -> ${count}`)
      .join(', ');
    const isBack = listeners === before.listeners && sum(resources) <= sum(before.resources) + SPARE;
    if (isBack || performance.now() > deadline) return { isBack, told: more };
    await pause(250);
  }
}

/** Connections that the pools may keep for a while, on both sides. */
const SPARE = 16;

const sum = (of: Readonly<Record<string, number>>): number => Object.values(of).reduce((all, count) => all + count, 0);
