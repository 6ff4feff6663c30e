/** The attempts of a pass-through route's exchange, as a collector and the inspector are told of them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from 'guichet/testing';
import { startBff } from './support/bff.js';
import { Collector, type ReceivedSpan } from './support/collector.js';
import { request } from './support/http.js';
import { heal, requestsOf, scratchFolder, type Service, startService } from './support/services.js';
import { until } from './support/until.js';

const ROUTED = '/api/films/1501';
const PARENT = 'b7ad6b7169203331';

let catalog: Service;
let collector: Collector;
let endpoint: string;

beforeAll(async () => {
  catalog = await startService('catalog');
  collector = new Collector();
  endpoint = await collector.start();
});
afterAll(() => collector.stop());

interface ToldAttempt {
  readonly instance: string;
  readonly kind: string;
  readonly outcome: string;
  readonly code?: string;
  readonly status: number;
  readonly headMs?: number;
}

interface ToldExchange {
  readonly id: number;
  readonly requestId: string;
  readonly traceId: string;
  readonly attempts: readonly ToldAttempt[];
  readonly call: { readonly upstream: string; readonly call: string; readonly attempts: readonly ToldAttempt[] };
}

it('tells of an instance that refused and of the one that answered, which hears of its own attempt alone', async () => {
  // Nobody listens there.
  const refusing = `127.0.0.1:${await freePort()}`;
  const answering = `${catalog.host}:${catalog.port}`;
  const upstreamsFile = join(scratchFolder(), 'upstreams.json');
  writeFileSync(upstreamsFile, JSON.stringify({ catalog: [refusing, answering] }));
  const web = await startBff('web', {
    DISCOVERY: 'static',
    UPSTREAMS_FILE: upstreamsFile,
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_TRACES_SAMPLER: 'parentbased_always_on',
    OTEL_BSP_SCHEDULE_DELAY: '20',
  });

  let traceId = '';
  let requestId = '';
  let made = 0;
  let spans: readonly ReceivedSpan[] = [];
  await until('the first attempt falls on the instance that refuses', async () => {
    await heal(catalog);
    traceId = (++made).toString(16).padStart(32, 'c');
    const answer = await request(web.url + ROUTED, { headers: { traceparent: `00-${traceId}-${PARENT}-01` } });
    expect(answer.status).toBe(200);
    requestId = answer.headers['x-request-id'] as string;
    spans = await collector.trace(traceId);
    return spans.length > 3;
  });

  const [call, first, second, root] = spans;
  expect(root).toMatchObject({ name: 'GET /api/films/:id', kind: 2, parentSpanId: PARENT });
  expect(call).toMatchObject({ name: 'catalog GET /films/:id', kind: 1, parentSpanId: root!.spanId, status: 0 });
  expect(first).toMatchObject({
    name: 'GET /films/:id',
    kind: 3,
    parentSpanId: call!.spanId,
    status: 2,
    attributes: {
      'http.request.method': 'GET',
      'url.template': '/films/:id',
      'peer.service': 'catalog',
      'server.address': '127.0.0.1',
      'server.port': Number(refusing.split(':')[1]),
      'guichet.attempt.number': 1,
      'guichet.attempt.kind': 'first',
      'guichet.outcome': 'failed',
      'error.type': 'upstream-refused',
    },
  });
  expect(second).toMatchObject({
    name: 'GET /films/:id',
    kind: 3,
    parentSpanId: call!.spanId,
    status: 0,
    attributes: {
      'server.port': catalog.port,
      'guichet.attempt.number': 2,
      'guichet.attempt.kind': 'retry',
      'guichet.outcome': 'succeeded',
      'http.response.status_code': 200,
      'http.request.resend_count': 1,
    },
  });
  expect(spans).toHaveLength(4);
  expect(second!.startMs).toBeGreaterThanOrEqual(first!.endMs);
  expect(second!.endMs).toBeLessThanOrEqual(call!.endMs + 0.001);

  const asked = await requestsOf(catalog);
  expect(asked.map(({ headers }) => headers['traceparent'])).toEqual([`00-${traceId}-${second!.spanId}-01`]);

  const api = `${web.managementUrl}/inspector/api/exchanges`;
  const found = ((await request(api)).json() as ToldExchange[]).find(one => one.requestId === requestId)!;
  const exchange = (await request(`${api}/${found.id}`)).json() as ToldExchange;
  expect(exchange).toMatchObject({ traceId, call: { upstream: 'catalog', call: 'GET /films/:id' } });
  expect(exchange.call.attempts).toEqual(found.attempts);
  expect(exchange.call.attempts).toMatchObject([
    { instance: refusing, kind: 'first', outcome: 'failed', code: 'upstream-refused', status: 0 },
    { instance: answering, kind: 'retry', outcome: 'succeeded', status: 200 },
  ]);
  expect(exchange.call.attempts[0]).not.toHaveProperty('headMs');
  expect(exchange.call.attempts[1]!.headMs).toBeCloseTo(second!.attributes['guichet.attempt.head_ms'] as number, 1);
});

it('is not told of what is not recorded: the trace goes on as it came', async () => {
  await heal(catalog);
  const upstreamsFile = join(scratchFolder(), 'upstreams.json');
  writeFileSync(upstreamsFile, JSON.stringify({ catalog: [`${catalog.host}:${catalog.port}`] }));
  const web = await startBff('web', {
    DISCOVERY: 'static',
    UPSTREAMS_FILE: upstreamsFile,
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_BSP_SCHEDULE_DELAY: '20',
  });
  const before = collector.spans.length;
  const [unsampled, sampled] = [`00-${'d'.repeat(32)}-${PARENT}-00`, `00-${'e'.repeat(32)}-${PARENT}-01`];
  await request(web.url + ROUTED, { headers: { traceparent: unsampled } });
  await request(web.url + ROUTED, { headers: { traceparent: sampled } });
  // What is recorded after it comes after it.
  expect(await collector.trace('e'.repeat(32))).toHaveLength(3);
  expect(collector.spans.length - before).toBe(3);
  expect((await requestsOf(catalog))[0]!.headers['traceparent']).toBe(unsampled);
});
