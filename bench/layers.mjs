/**
 * What each layer of the upstream stack costs a call while it does not fire, in ns of CPU time, and what all cost together:
 * `node bench/layers.mjs`, after a build. Sixteen calls are under way at once, around a transport that does nothing.
 */
import { built } from './built.mjs';

const CALLS = 300_000;
const ROUNDS = 9;
const UNDER_WAY = 16;

const load = async file => import(await built(`libs/${file}.js`));
const { RequestContext, SectionTrace, systemClock, TimerWheel } = await load('kernel/index');
const { Metrics } = await load('observability/index');
const { Attempt, stack, upstreamOptionsSchema } = await load('upstream/index');
const { UpstreamMetrics } = await load('upstream/metrics/upstream-metrics');
const { TraceEvents } = await load('upstream/trace/trace-events');
const { stackParts, upstreamLayers } = await load('upstream/stack');
const { Endpoints } = await load('upstream/endpoints');
const { UpstreamSettings } = await load('upstream/upstream-settings');

/** Ends each call when the sixteenth after it begins. */
class Transport {
  #open = Array.from({ length: UNDER_WAY }, () => undefined);
  #next = 0;
  #handle = { cancel() {} };

  start(attempt, sink) {
    const oldest = this.#open[this.#next];
    this.#open[this.#next] = sink;
    this.#next = (this.#next + 1) % UNDER_WAY;
    oldest?.succeed(undefined);
    return this.#handle;
  }
}

const SINK = {
  succeed() {},
  fail: error => {
    throw error;
  },
};
const READER = { accept: '*/*', read() {} };

/** @param seen  by whom: `metrics` counts, `trace` has calls written down */
function layers(options = {}, { metrics = false, trace = false } = {}) {
  const settings = new UpstreamSettings(upstreamOptionsSchema.parse(options));
  const endpoints = new Endpoints(
    () => ({ close: async () => {} }),
    () => {},
  );
  const instances = [1, 2, 3].map(n => ({
    id: `i${n}`,
    service: 's',
    host: '127.0.0.1',
    port: n,
    weight: 1,
    tags: [],
    meta: {},
  }));
  endpoints.update({ service: 's', instances, state: 'fresh', confirmedAt: 0 });
  const shared = {
    clock: systemClock,
    wheel: new TimerWheel(systemClock),
    random: Math.random,
    events: trace ? new TraceEvents(systemClock, undefined) : undefined,
    metrics: metrics ? UpstreamMetrics.of(new Metrics()) : undefined,
    isTraced: trace,
    freezesAll: false,
  };
  return upstreamLayers(stackParts('example', shared, settings, endpoints));
}

/** @returns ns a call takes through the given layers */
function run(chosen, identityKey, isTraced = false) {
  const step = stack(chosen, new Transport());
  const contexts = Array.from({ length: 64 }, (_, n) => new RequestContext(`request-${n}`, 0));
  const deadlineAt = systemClock.now() + 60_000;
  // Far more than a round takes: nothing may fire.
  const timeoutMs = 30_000;
  const begin = process.cpuUsage();
  let trace;
  for (let n = 0; n < CALLS; n++) {
    // A section has a call or two.
    if (isTraced && n % 2 === 0) trace = new SectionTrace('section');
    step.start(
      new Attempt({
        upstream: 'example',
        method: 'GET',
        template: '/things/:id',
        target: `/things/${n % 997}`,
        headers: [],
        body: undefined,
        contentType: undefined,
        idempotencyKey: undefined,
        isSafe: true,
        isRepeatable: true,
        isPublic: identityKey === undefined,
        identity: undefined,
        identityKey: identityKey?.(n) ?? '',
        timeoutMs,
        maxRetries: 1,
        isHedged: false,
        maxBytes: 1_000,
        schema: undefined,
        reader: READER,
        context: { request: contexts[n % 64], deadlineAt, trace },
      }),
      SINK,
    );
  }
  const { user, system } = process.cpuUsage(begin);
  return ((user + system) * 1_000) / CALLS;
}

const keys = Array.from({ length: 64 }, (_, n) => `https://issuer.example/subject-${n}/gold`);
const all = layers();
const cases = {
  nothing: () => run([]),
  ...Object.fromEntries(all.map((layer, at) => [layer.name, () => run([layers()[at]])])),
  'singleflight by identity': () =>
    run([layers().find(({ name }) => name === 'singleflight')], n => keys[((n / 5) % 64) | 0]),
  all: () => run(layers()),
  'all, by identity': () => run(layers(), n => keys[((n / 5) % 64) | 0]),
  'all, counted': () => run(layers({}, { metrics: true })),
  'all, counted and traced': () => run(layers({}, { metrics: true, trace: true }), undefined, true),
};
const times = Object.fromEntries(Object.keys(cases).map(name => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, time] of Object.entries(cases)) times[name].push(time());
}
const median = list => [...list].sort((a, b) => a - b)[list.length >> 1];
const base = median(times.nothing);
for (const [name, list] of Object.entries(times)) {
  const over = name === 'nothing' ? 0 : base;
  const [least, most] = [Math.min(...list), Math.max(...list)].map(value => Math.round(value - over));
  console.log(`${name.padEnd(28)} ${String(Math.round(median(list) - over)).padStart(6)} ns  (${least} to ${most})`);
}
// Calls that are still under way would time out after all.
process.exit();
