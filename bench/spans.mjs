/**
 * What telling a page's trace costs, in µs of one core a page, its sixteen spans written and taken by an export that goes
 * nowhere: `node bench/spans.mjs`, after a build. Writing the trace down while the page runs is not in it.
 */
import { built } from './built.mjs';

const PAGES = 20_000;
const ROUNDS = 9;

const load = async file => import(await built(`libs/${file}.js`));
const { AttemptTrace, CallTrace, PageTrace, RequestContext, systemClock } = await load('kernel/index');
const { SampledRequest } = await load('observability/tracing/sampled-request');
const { traceContext } = await load('observability/trace-context');
const { TraceListener } = await load('observability/tracing/otlp/trace-listener');
const { otlpEnvelope } = await load('observability/tracing/otlp/otlp-envelope');
const { SpanBatch } = await load('observability/tracing/otlp/span-batch');
const { SpanQueue } = await load('observability/tracing/otlp/span-queue');
const { SpanCounts } = await load('observability/tracing/span-counts');

const CALLS = [
  ['film', 'catalog', '/films/:id', []],
  ['price', 'pricing', '/quotes/:sku', ['film']],
  ['stock', 'inventory', '/stock/:sku', ['film']],
  ['ratings', 'reviews', '/films/:id/reviews', []],
  ['similar', 'recommendations', '/films/:id/similar', ['film']],
];
const plan = {
  name: 'FilmPage',
  sections: CALLS.map(([name, , , needs]) => ({ name, isRequired: needs.length === 0, needs })),
};
const request = { method: 'GET', url: '/pages/films/1', httpVersion: '1.1', socket: {} };
const response = { headersSent: true, statusCode: 200 };

/** @returns a request for a page that is over */
function finished(n) {
  const now = systemClock.now();
  const began = now - 12;
  const trace = traceContext(undefined, undefined);
  const context = new RequestContext(`Zk3v0pQxJlc.${n}`, began, trace.traceparent);
  context.sampled = new SampledRequest(trace);
  context.route = '/pages/films/:id';
  const page = (context.trace = new PageTrace(plan, began, began + 0.2, 800));
  CALLS.forEach(([, upstream, template], index) => {
    const section = page.sections[index];
    section.launchedAt = began + 0.3 + index;
    const call = new CallTrace(upstream, 'GET', template, section.launchedAt);
    const attempt = new AttemptTrace(
      1,
      'first',
      `127.0.0.1:400${index}`,
      section.launchedAt,
      context.sampled.newSpanId(),
    );
    attempt.end(now - index, 'succeeded', undefined, 200, 1200 + (n % 7));
    call.attempts.push(attempt);
    call.end(now - index, 'succeeded', undefined);
    section.calls.push(call);
    section.end(now - index, 'fresh', undefined);
  });
  page.end(now, 'complete', undefined, 1302);
  return { context, request, response, endedAt: now };
}

const { head, tail } = otlpEnvelope({ 'service.name': 'web' });
let bytes = 0;
const nowhere = {
  export(batch, done) {
    bytes += batch.finish().length;
    done({ code: 0 });
  },
  shutdown: async () => {},
};
const log = { warn: console.error, log: console.log };
const queue = new SpanQueue(() => new SpanBatch(head, tail), nowhere, new SpanCounts(), log, {
  maxQueuedSpans: 2_048,
  scheduleDelayMs: 60_000,
});
const listener = new TraceListener(systemClock, (text, count) => queue.add(text, count));

const cases = {
  nothing: finished,
  'telling it': n => listener.finished(finished(n)),
};
const times = Object.fromEntries(Object.keys(cases).map(name => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, page] of Object.entries(cases)) {
    const begun = process.cpuUsage();
    for (let n = 0; n < PAGES; n++) page(n);
    const { user, system } = process.cpuUsage(begun);
    times[name].push((user + system) / PAGES);
  }
}
const median = list => [...list].sort((a, b) => a - b)[list.length >> 1];
const base = median(times.nothing);
for (const [name, list] of Object.entries(times)) {
  const over = name === 'nothing' ? 0 : base;
  const [least, most] = [Math.min(...list), Math.max(...list)].map(value => (value - over).toFixed(1));
  console.log(`${name.padEnd(12)} ${(median(list) - over).toFixed(1).padStart(6)} µs  (${least} to ${most})`);
}
console.log(`${Math.round(bytes / (ROUNDS * PAGES))} bytes a page`);
