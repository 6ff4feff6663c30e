import { request } from '../support/http.js';
import { callerHeader } from './rig/bff-under-test.js';
import { closedLoop } from './rig/closed-loop.js';
import { promise } from './rig/promise.js';
import { Random } from './rig/random.js';
import { type Echo, echoFault } from './rig/requests.js';
import type { Rig, RigSettings } from './rig/rig.js';
import type { Trial } from './rig/trial.js';
import type { Weakening } from './rig/weakening.js';

const CALLERS = 1_000;
/** Few addresses and one caller often at once: what may be shared, is. */
const ADDRESSES = 5;
const AT_ONCE = 48;

const WEAKENED: Weakening = {
  without: 'a rest of connections',
  settings: { defaults: { connectionRestMs: 0 } },
  breaks: '0 answers to the wrong caller',
};

promise(
  12,
  '1000 callers, while answers are lost, repeated, shared, cancelled and sent unasked',
  WEAKENED,
  async trial => {
    const requests = trial.pick(2_000, 100_000, 1_000_000);
    await asked(trial, 'shared', requests * 0.6, {});
    await asked(trial, 'never shared', requests * 0.4, { defaults: { singleflight: false } });
  },
);

async function asked(trial: Trial, how: string, requests: number, settings: RigSettings): Promise<void> {
  const rig = await trial.rig({ ...settings, serviceMs: 3 });
  await Promise.all(rig.instancesOf('alpha').map(one => one.suffer({ ratio: 0.02, isReset: true })));
  await Promise.all(rig.instancesOf('beta').map(one => one.suffer({ ratio: 0.02, status: 503 })));
  await Promise.all(rig.instancesOf('gamma').map(one => one.suffer({ ratio: 0.02, isDoubled: true })));
  const found = await ask(rig, requests, how === 'never shared');
  const { byUpstream } = await rig.bff.happened();
  const did = (what: string): number =>
    Object.values(byUpstream).reduce((sum, counts) => sum + (counts?.[what] ?? 0), 0);
  trial.count(
    `0 answers to the wrong caller or request, ${how}`,
    `${found.wrong.length} of ${found.answered} answers; ${found.wrong.slice(0, 3).join(' | ')}`,
    found.wrong.length === 0,
  );
  trial.count(
    'cancels, retries and, where it may be, sharing took place',
    `${found.cancelled} cancelled, ${did('retried')} retried, ${did('shared')} shared`,
    found.cancelled > 0 && did('retried') > 0 && did('shared') > 0 === (how === 'shared'),
  );
  trial.count('most are answered', found.answered, found.answered > requests * 0.8);
  if (trial.form !== 'short') trial.stalled(await rig.bff.vitals());
  await rig.end();
}

async function ask(rig: Rig, requests: number, comparesIds: boolean) {
  const random = new Random(12);
  const wrong: string[] = [];
  let answered = 0;
  let cancelled = 0;
  const callers = Array.from({ length: CALLERS }, (_, i) => `caller-${i}`);
  const headers = new Map(callers.map(caller => [caller, callerHeader(caller)]));
  await closedLoop(requests, AT_ONCE, async index => {
    // Runs of one caller, so that equal calls meet.
    const caller = callers[Math.floor(index / 4) % CALLERS]!;
    const n = Math.floor(random.between(0, ADDRESSES));
    const aborts = random.next() < 0.05;
    const leave = new AbortController();
    if (aborts) setTimeout(() => leave.abort(), random.between(0, 15));
    try {
      const answer = await request(rig.page(`mine/${n}`), {
        headers: { ...headers.get(caller)! },
        signal: leave.signal,
      });
      if (answer.status !== 200) return;
      answered += 1;
      const { subject, ...payload } = answer.json() as { subject: string } & Record<string, Echo>;
      const fault = subject === caller ? echoFault(payload, n, caller) : `${subject} for ${caller}`;
      const other = comparesIds && idFault(payload, String(answer.headers['x-request-id']));
      if (fault || other) wrong.push(fault ?? String(other));
    } catch {
      cancelled += 1;
    }
  });
  return { wrong, answered, cancelled };
}

function idFault(payload: Record<string, Echo>, requestId: string): string | false {
  const others = Object.entries(payload).filter(
    ([section, echo]) => section !== '_sections' && echo.requestId !== requestId,
  );
  return others.length > 0 && `${requestId}: ${JSON.stringify(others)}`;
}
