/**
 * What counting costs a request and a page, in ns of CPU time, and what looking costs, with 200 upstreams of 50 instances each:
 * `node bench/metrics.mjs`, after a build. What it costs a call: `layers.mjs`.
 */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { of } from 'rxjs';
import { built } from './built.mjs';

const TIMES = 200_000;
const ROUNDS = 9;
const UPSTREAMS = 200;
const INSTANCES = 50;

const load = async file => import(await built(`libs/${file}.js`));
const { RequestContext, systemClock, TimerWheel } = await load('kernel/index');
const { HttpMetrics, Metrics, RequestListeners } = await load('observability/index');
const { optional, Page, required } = await load('page/index');
const { compilePage } = await load('page/compile');
const { PageRun } = await load('page/page-run');
const { PageMetrics } = await load('page/metrics/page-metrics');
const { upstreamOptionsSchema, UpstreamRegistry } = await load('upstream/index');
const { UpstreamMetrics } = await load('upstream/metrics/upstream-metrics');

const median = list => [...list].sort((a, b) => a - b)[list.length >> 1];
const wheel = new TimerWheel(systemClock);

/** @returns ns of CPU time that a turn takes */
function timed(turn) {
  const begin = process.cpuUsage();
  for (let n = 0; n < TIMES; n++) turn(n);
  const { user, system } = process.cpuUsage(begin);
  return ((user + system) * 1_000) / TIMES;
}

/** Prints by how much `counted` takes longer than `plain`. */
function compare(name, plain, counted) {
  const times = { plain: [], counted: [] };
  for (let round = 0; round < ROUNDS; round++) {
    times.plain.push(timed(plain));
    times.counted.push(timed(counted));
  }
  console.log(`${name.padEnd(28)} ${Math.round(median(times.counted) - median(times.plain))} ns`);
}

// A request that is answered, without a network: what is left is what watching it adds.
const listeners = new RequestListeners([new HttpMetrics(new Metrics())]);
const socket = new Socket();
class Answered extends ServerResponse {
  get writableFinished() {
    return true;
  }
}
const routes = Array.from({ length: 20 }, (_, n) => ({ routeOptions: { url: `/pages/page-${n}/:id` } }));
const request = isWatched => n => {
  const incoming = new IncomingMessage(socket);
  incoming.method = 'GET';
  const response = new Answered(incoming);
  const context = new RequestContext('request', 0);
  if (isWatched) listeners.watch(context, incoming, response, systemClock, routes[n % 20]);
  response.emit('close');
};
compare('request', request(false), request(true));

class FilmPage {
  film = required([], () => 1);
  price = required([this.film], () => 2);
  cast = optional([this.film], () => 3);
  stock = optional([this.film], () => 4);
  more = optional([this.price], () => 5);
}
Page('film', { budgetMs: 800 })(FilmPage);
const { plan } = compilePage(new FilmPage());
const recorder = new PageMetrics(new Metrics(), undefined).of(plan);
const runtime = { clock: systemClock, wheel, isTraced: false };
const page = counted => () => {
  const startedAt = systemClock.now();
  const context = { request: new RequestContext('request', startedAt), deadlineAt: startedAt + 800 };
  const sink = {
    complete: ({ states }) => counted?.served(states, true, 0.01, 1_000),
    fail: error => {
      throw error;
    },
  };
  new PageRun(plan, [], context, runtime, sink, undefined, counted).start();
};
compare('page of five sections', page(undefined), page(recorder));

const metrics = new Metrics();
const counted = UpstreamMetrics.of(metrics);
const names = Array.from({ length: UPSTREAMS }, (_, n) => `upstream-${n}`);
const snapshotOf = service => ({
  service,
  state: 'fresh',
  confirmedAt: 0,
  instances: Array.from({ length: INSTANCES }, (_, n) => {
    const host = `10.${service.slice(9)}.0.${n}`;
    return { id: host, service, host, port: 8080, weight: 1, tags: [], meta: {} };
  }),
});
const snapshots = new Map(names.map(name => [name, snapshotOf(name)]));
const source = { watch: name => of(snapshots.get(name)), snapshot: name => snapshots.get(name) };
const configs = new Map(names.map(name => [name, upstreamOptionsSchema.parse({})]));
const shared = { clock: systemClock, wheel, random: Math.random, isTraced: false, freezesAll: false };
// Nobody is called.
const connections = { close: async () => {}, destroy: async () => {} };
const protocol = { name: 'none', open: () => ({ transport: { start() {} }, connect: () => connections }) };
const protocols = new Map(names.map(name => [name, protocol]));
const registry = new UpstreamRegistry(source, configs, protocols, { ...shared, events: undefined, metrics: counted });
registry.onModuleInit();
counted.watch(registry, source, systemClock);

const looks = [];
let text;
const delay = monitorEventLoopDelay({ resolution: 1 });
for (let round = 0; round < 2 * ROUNDS; round++) {
  // The first few are compiled while they run.
  if (round === ROUNDS) delay.enable();
  const begin = process.cpuUsage();
  text = await metrics.text();
  const { user, system } = process.cpuUsage(begin);
  if (round >= ROUNDS) looks.push((user + system) / 1_000);
}
delay.disable();
const series = text.split('\n').filter(line => line !== '' && !line.startsWith('#')).length;
console.log(
  `looking: ${series} series of ${UPSTREAMS * INSTANCES} instances, ${Math.round(text.length / 1024)} KiB in ` +
    `${Math.round(median(looks))} ms of CPU time; the event loop was held ${Math.round(delay.max / 1e6)} ms at the longest`,
);
process.exit();
