import { request } from '../support/http.js';
import { callerHeader } from './rig/bff-under-test.js';
import { promise } from './rig/promise.js';
import type { Echo } from './rig/requests.js';
import type { Rig } from './rig/rig.js';
import type { Weakening } from './rig/weakening.js';

const REQUESTS = 1_000;
const CALLERS = 20;

const WEAKENED: Weakening = {
  without: 'sharing',
  settings: { defaults: { singleflight: false } },
  breaks: '1 upstream call, of public ones',
};

promise(13, '1000 identical requests at once', WEAKENED, async trial => {
  const rig = await trial.rig({ serviceMs: 700, defaults: { timeoutMs: 5_000 }, budgetMs: 6_000 });
  const statuses = await Promise.all(
    Array.from({ length: REQUESTS }, async () => (await request(rig.page('open/same'))).status),
  );
  trial.count(
    'all are answered',
    statuses.filter(status => status === 200).length,
    statuses.every(status => status === 200),
  );
  const calls = await callsOf(rig, 'alpha');
  trial.count('1 upstream call, of public ones', calls, calls === 1);

  const answers = await Promise.all(
    Array.from({ length: CALLERS * 5 }, async (_, i) => {
      const caller = `caller-${i % CALLERS}`;
      const answer = await request(rig.page('mine/same'), { headers: callerHeader(caller) });
      return (answer.json() as Record<string, Echo>)['alpha']?.identity === caller;
    }),
  );
  trial.count(
    'each caller gets its own',
    `${answers.filter(Boolean).length} of ${answers.length}`,
    answers.every(Boolean),
  );
  const own = await callsOf(rig, 'alpha');
  trial.count('1 upstream call for each of 20 callers', own, own === CALLERS);
});

async function callsOf(rig: Rig, service: 'alpha'): Promise<number> {
  const counts = await Promise.all(rig.instancesOf(service).map(one => one.counts()));
  return counts.reduce((sum, { seen }) => sum + seen, 0);
}
