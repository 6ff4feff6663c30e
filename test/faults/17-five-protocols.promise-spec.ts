import {
  BUDGET_MS,
  FiveProtocols,
  type Protocol,
  StuckPage,
  type Trouble,
  TROUBLES,
} from '../support/five-protocols.js';
import { promise } from './rig/promise.js';

const PROTOCOLS: readonly Protocol[] = ['http', 'grpc', 'graphql', 'xml', 'nats'];
/** How much later than its budget a page may end, in milliseconds. */
const MARGIN_MS = 50;

// How it is without: a page that waits for its slow service ends when its attempt's 0.7 s are over.
promise(17, 'one page over five protocols, each service in each trouble', undefined, async trial => {
  const rounds = trial.pick(1, 20);
  const wrong: string[] = [];
  let pages = 0;
  let slowest = { tookMs: 0, what: '' };
  let isBounded = true;
  for (const protocol of PROTOCOLS) {
    for (const trouble of Object.keys(TROUBLES) as Trouble[]) {
      const page = await FiveProtocols.start(StuckPage);
      const whole = await page.get('0');
      if (whole.status !== 200 || !whole.complete) wrong.push(`before ${protocol} was ${trouble}: ${whole.status}`);
      await page.strike(protocol, trouble);
      for (let round = 0; round < rounds; round++) {
        const startedAt = performance.now();
        const { status, payload, sections } = await page.get(String(round));
        const tookMs = performance.now() - startedAt;
        pages += 1;
        const others = Object.keys(payload ?? {}).length;
        const said = JSON.stringify(sections);
        // The budget is over before its attempt's time is.
        const reason = trouble === 'slow' ? 'deadline-exceeded' : TROUBLES[trouble];
        const declared = JSON.stringify({ [protocol]: { state: 'omitted', reason } });
        if (status !== 200 || others !== PROTOCOLS.length - 1 || said !== declared)
          wrong.push(`${protocol} ${trouble}: ${status}, ${others} sections, ${said}`);
        // A page that does not wait ends long before its budget; one that does ends with it.
        if (trouble === 'slow' && tookMs < BUDGET_MS - 1) isBounded = false;
        if (tookMs > slowest.tookMs) slowest = { tookMs, what: `${protocol} ${trouble}` };
      }
      await page.end();
    }
  }
  trial.count(
    'served exactly as declared',
    `${pages - wrong.length} of ${pages}${wrong.length > 0 ? `: ${wrong.slice(0, 5).join(' | ')}` : ''}`,
    wrong.length === 0,
  );
  trial.count('waits for a slow one no shorter than its budget', String(isBounded), isBounded);
  trial.timing(
    `ends <= budget + ${MARGIN_MS} ms`,
    `${(slowest.tookMs - BUDGET_MS).toFixed(0)} ms beyond it at most (${slowest.what})`,
    slowest.tookMs <= BUDGET_MS + MARGIN_MS,
  );
});
