/**
 * What a line of the log costs, in ns of one core, written in batches to /dev/null: `node bench/log.mjs`, after a build. The rest
 * of a request is not in it.
 */
import { openSync } from 'node:fs';
import { built } from './built.mjs';

const LINES = 100_000;
const ROUNDS = 9;
const AT_ONCE = 500;

const load = async file => import(await built(`libs/${file}.js`));
const { PageTrace, RequestContext, systemClock } = await load('kernel/index');
const { logOptions, openLog } = await load('observability/index');
const { LineWriter } = await load('observability/log/line-writer');

const writer = new LineWriter(openSync('/dev/null', 'w'));
// As a deployed app has them.
const environment = {
  OIDC_CLIENT_SECRET: 'a-secret-of-some-length',
  CONSUL_HTTP_TOKEN: '5f0c4e21-0000-4000-8000-000000000000',
  REDIS_URL: 'redis://app:a-password-of-some-length@redis:6379',
};
const options = logOptions({ format: 'json' }, environment);
const { logger, requests } = await openLog('bench', options, { environment, stream: writer });

const names = ['film', 'price', 'stock', 'ratings', 'similar'];
const plan = { name: 'FilmPage', sections: names.map(name => ({ name, isRequired: false, needs: [] })) };
const request = { method: 'GET', url: '/pages/films/1' };
const response = { headersSent: true, statusCode: 200, writableFinished: true, getHeader: () => '1302' };

/** @returns a request for a page that is over after so many ms of its 800 */
function finished(n, tookMs) {
  const now = systemClock.now();
  const context = new RequestContext(`Zk3v0pQxJlc.${n}`, now - tookMs, `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`);
  context.route = '/pages/films/:id';
  context.trace = new PageTrace(plan, context.startedAt, context.startedAt + 0.2, 800);
  for (const section of context.trace.sections) {
    section.launchedAt = context.startedAt + 0.3;
    section.end(now, 'fresh', undefined);
  }
  context.trace.end(now, 'complete', undefined, 1302);
  return { context, request, response, endedAt: now };
}

const cases = {
  nothing: n => finished(n, 12),
  'a request': n => requests.finished(finished(n, 12)),
  'a slow page, with its waterfall': n => requests.finished(finished(n, 700)),
  'an app’s own words': n => (finished(n, 12), logger.log('the cart is full', { items: n }, 'Cart')),
  'words below the level': n => (finished(n, 12), logger.debug?.('the cart is full', { items: n }, 'Cart')),
};
const times = Object.fromEntries(Object.keys(cases).map(name => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, line] of Object.entries(cases)) {
    let spent = 0n;
    for (let n = 0; n < LINES; n += AT_ONCE) {
      const begun = process.hrtime.bigint();
      for (let i = 0; i < AT_ONCE; i++) line(n + i);
      spent += process.hrtime.bigint() - begun;
      // Lets what was written be written.
      await new Promise(setImmediate);
    }
    times[name].push(Number(spent) / LINES);
  }
}
const median = list => [...list].sort((a, b) => a - b)[list.length >> 1];
const base = median(times.nothing);
for (const [name, list] of Object.entries(times)) {
  const over = name === 'nothing' ? 0 : base;
  const [least, most] = [Math.min(...list), Math.max(...list)].map(value => Math.round(value - over));
  console.log(`${name.padEnd(34)} ${String(Math.round(median(list) - over)).padStart(6)} ns  (${least} to ${most})`);
}
