import { builtFixture } from '../support/built-fixture.js';
import { request } from '../support/http.js';
import { Program } from '../support/program.js';
import { promise } from './rig/promise.js';
import { BffUnderTest } from './rig/bff-under-test.js';
import type { Trial } from './rig/trial.js';
import type { Weakening } from './rig/weakening.js';

/** What each attack is to be told as. */
const ATTACKS: Readonly<Record<string, string>> = {
  truncated: 'upstream-reset',
  'wrong-length': 'upstream-malformed',
  'invalid-json': 'upstream-malformed',
  'no-json': 'upstream-malformed',
  empty: 'upstream-malformed',
  'gzip-bomb': 'upstream-malformed',
  'gzip-in-gzip': 'upstream-malformed',
  infinite: 'upstream-too-large',
  'five-gigabytes': 'upstream-too-large',
  'long-head': 'upstream-malformed',
};
/** Its parser skips blanks before a header's value uncounted: bounded by the attempt's time alone. */
const TIMED_OUT = 'long-blank';
const CAP_BYTES = 2 * 2 ** 20;

const WEAKENED: Weakening = {
  without: 'the cap of a body',
  settings: { defaults: { maxBytes: 64 * 2 ** 20 } },
  breaks: 'RSS <= 2 x cap',
};

promise(14, 'an upstream answers with attacks', WEAKENED, async trial => {
  const rig = await trial.rig({ isWithoutBff: true, services: [] });
  const service = new Program('hostile', builtFixture('hostile-service'));
  const { port } = await service.message<{ type: 'listening'; port: number }>('listening');
  await rig.consul.register({ name: 'alpha', host: '127.0.0.1', port });
  const settings = { defaults: { breaker: false, ejection: false }, budgetMs: 5_000 };
  const bff = await BffUnderTest.start(rig.door.address, settings);
  await bff.knowsAll({ alpha: 1 });
  for (let i = 0; i < trial.pick(20, 200); i++) await reasonOf(bff, 'well');

  for (const [attack, code] of Object.entries(ATTACKS)) {
    const reasons = new Set<string>();
    let [grown, stalledMs] = [0, 0];
    for (let i = 0; i < trial.pick(2, 5); i++) {
      const before = await bff.vitals(true);
      reasons.add(await reasonOf(bff, attack));
      const { peakRssBytes, delayMaxMs } = await bff.vitals();
      grown = Math.max(grown, peakRssBytes - before.rssBytes);
      stalledMs = Math.max(stalledMs, delayMaxMs);
    }
    trial.count(
      `${attack}: the section fails as ${code}`,
      [...reasons].join(', '),
      reasons.size === 1 && reasons.has(code),
    );
    trial.timing(`${attack}: RSS <= 2 x cap`, `+ ${(grown / 2 ** 20).toFixed(1)} MiB`, grown <= 2 * CAP_BYTES);
    trial.timing(`${attack}: event loop stalled <= 50 ms`, `${stalledMs.toFixed(1)} ms`, stalledMs <= 50);
  }
  const reason = await reasonOf(bff, TIMED_OUT);
  trial.count(`${TIMED_OUT}: the section fails as upstream-timeout`, reason, reason === 'upstream-timeout');
  await polluted(trial, bff);
  const after = await reasonOf(bff, 'well');
  trial.count('and a good answer is good again', after, after === 'none');
});

/** @returns why the section is missing, or `none` */
async function reasonOf({ url }: BffUnderTest, attack: string): Promise<string> {
  const answer = await request(`${url}/pages/hostile/${attack}`);
  if (answer.status !== 200) return `status ${answer.status}`;
  const { _sections: sections } = answer.json() as { _sections?: { alpha?: { reason: string } } };
  return sections?.alpha?.reason ?? 'none';
}

async function polluted(trial: Trial, bff: BffUnderTest): Promise<void> {
  const answer = await request(`${bff.url}/pages/hostile/prototype`);
  const { isPolluted } = await bff.vitals();
  trial.count('__proto__ pollutes nothing', `${answer.status}, ${isPolluted}`, answer.status === 200 && !isPolluted);
}
