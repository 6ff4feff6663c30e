import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from 'guichet/testing';
import { type Bff, startBff } from './support/bff.js';
import { Collector, type ReceivedSpan } from './support/collector.js';
import { type Answer, request, sendRaw } from './support/http.js';
import { Program, type ProgramOptions, repository } from './support/program.js';
import {
  type AllServices,
  fault,
  heal,
  type RecordedRequest,
  requestsOf,
  scratchFolder,
  type Service,
  startAllServices,
  startService,
} from './support/services.js';
import { until } from './support/until.js';

const FILM = '/pages/films/1';
const SERVER = 2;
const CLIENT = 3;
/** Server-Timing is rounded to tenths, and told a little before the page is over. */
const TOLERANCE_MS = 0.11;

let idsMade = 0;
const hex = (digits: number): string => (++idsMade).toString(16).padStart(digits, 'a');
const newTrace = () => ({ traceId: hex(32), parent: hex(16) });

let services: AllServices;
/** One more of the ratings: what failed there is tried here. */
let otherRatings: Service;
let upstreamsFile: string;
let collector: Collector;
let endpoint: string;

beforeAll(async () => {
  services = await startAllServices();
  otherRatings = await startService('ratings');
  upstreamsFile = join(scratchFolder(), 'upstreams.json');
  const known = JSON.parse(readFileSync(services.upstreamsFile, 'utf8')) as Record<string, string[]>;
  const ratings = [...known['ratings']!, `${otherRatings.host}:${otherRatings.port}`];
  writeFileSync(upstreamsFile, JSON.stringify({ ...known, ratings }));
  collector = new Collector();
  endpoint = await collector.start();
});
afterAll(() => collector.stop());
afterEach(healAll);

const instances = (): Service[] => [...Object.values(services.byName), otherRatings];

async function healAll(): Promise<void> {
  await Promise.all(instances().map(heal));
}

function startTraced(env: ProgramOptions['env'] = {}): Promise<Bff> {
  return startBff('web', {
    DISCOVERY: 'static',
    UPSTREAMS_FILE: upstreamsFile,
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_TRACES_SAMPLER: 'parentbased_always_on',
    OTEL_BSP_SCHEDULE_DELAY: '20',
    ...env,
  });
}

/** @returns what all services were asked since they were healed */
async function allRequests(): Promise<readonly RecordedRequest[]> {
  return (await Promise.all(instances().map(requestsOf))).flat();
}

/** Sums the series of a name, of those whose labels hold this. */
async function counted(bff: Bff, name: string, label = ''): Promise<number> {
  const text = (await request(`${bff.managementUrl}/metrics`)).body;
  const lines = text.split('\n').filter(line => new RegExp(`^${name}(?:\\{| )`).test(line) && line.includes(label));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

const childrenOf = (spans: readonly ReceivedSpan[], { spanId }: ReceivedSpan) =>
  spans.filter(({ parentSpanId }) => parentSpanId === spanId);
const lengthOf = ({ startMs, endMs }: ReceivedSpan) => endMs - startMs;
const rootOf = (spans: readonly ReceivedSpan[]) => spans.find(({ kind }) => kind === SERVER)!;

interface Entry {
  readonly name: string;
  readonly durationMs: number;
  /** What its description says, part by part. */
  readonly words: readonly string[];
}

function timingOf({ headers }: Answer): readonly Entry[] {
  const header = headers['server-timing'] as string;
  return [...header.matchAll(/(?:^|, )([\w.-]+)(?:;dur=([\d.]+))?(?:;desc="([^"]*)")?/g)].map(
    ([, name, duration, words = '']) => ({ name: name!, durationMs: Number(duration), words: words.split('; ') }),
  );
}

describe('the trace of a page', () => {
  let web: Bff;

  beforeAll(async () => {
    web = await startTraced({
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=shop%20window',
      OTEL_SERVICE_NAME: 'shop-web',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    });
    // The first page opens connections, which takes its time.
    await request(web.url + FILM);
  });

  it('is one, and tells what Server-Timing tells, the client above it and the services below', async () => {
    let asking = newTrace();
    let answer!: Answer;
    await until('the first attempt falls on the instance that fails', async () => {
      await healAll();
      await fault(services.byName.ratings, { status: 503, times: 1 });
      asking = newTrace();
      const traceparent = `00-${asking.traceId}-${asking.parent}-01`;
      answer = await request(web.url + FILM, { headers: { traceparent, tracestate: 'shop=1', 'X-Page-Trace': '1' } });
      expect(answer.status).toBe(200);
      return String(answer.headers['server-timing']).includes('2 attempts');
    });
    const { traceId, parent } = asking;
    const spans = await collector.trace(traceId);
    const root = rootOf(spans);
    expect(root).toMatchObject({
      parentSpanId: parent,
      name: 'GET /pages/films/:id',
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/pages/films/:id',
        'http.response.status_code': 200,
        'http.response.body.size': Buffer.byteLength(answer.body),
        'guichet.request_id': answer.headers['x-request-id'],
        'guichet.page.name': 'FilmPage',
        'guichet.page.outcome': 'complete',
      },
      resource: { 'service.name': 'shop-web', 'deployment.environment.name': 'test' },
    });
    expect(collector.headers.at(-1)).toMatchObject({ 'content-type': 'application/json', 'x-tenant': 'shop window' });

    const [total, guards, critical, ...entries] = timingOf(answer);
    expect(root.attributes['guichet.page.critical_path']).toEqual(critical!.words[0]!.split(' > '));
    expect(root.attributes['guichet.page.guards_ms']).toBeCloseTo(guards!.durationMs, 1);
    expect(lengthOf(root)).toBeGreaterThanOrEqual(total!.durationMs - TOLERANCE_MS);
    const sections = childrenOf(spans, root);
    expect(sections.map(({ name }) => name)).toEqual(entries.map(({ name }) => `section ${name}`));
    expect(sections).toHaveLength(5);
    let attempts = 0;
    for (const [index, section] of sections.entries()) {
      const { durationMs, words } = entries[index]!;
      const [from, ended, ...asked] = words;
      expect(Math.abs(lengthOf(section) - durationMs)).toBeLessThan(TOLERANCE_MS);
      expect(Math.abs(section.startMs - root.startMs - Number(/[\d.]+/.exec(from!)![0]))).toBeLessThan(TOLERANCE_MS);
      expect(ended).toBe(section.attributes['guichet.section.state']);
      const calls = childrenOf(spans, section);
      const told = calls.map(call => {
        const made = childrenOf(spans, call);
        attempts += made.length;
        expect(made.every(({ kind }) => kind === CLIENT)).toBe(true);
        for (const attempt of made) {
          expect(attempt.startMs).toBeGreaterThanOrEqual(call.startMs);
          expect(attempt.endMs).toBeLessThanOrEqual(call.endMs + 0.001);
          const { 'server.address': host, 'server.port': port } = attempt.attributes;
          const instance = instances().find(other => other.host === host && other.port === port)!;
          expect(instance.name).toBe(call.attributes['guichet.upstream']);
        }
        return made.length > 1 ? `${call.name}, ${made.length} attempts` : call.name;
      });
      expect(told).toEqual(asked);
    }
    // Nothing else is in it: five sections, a call each, an attempt each and one more.
    expect(attempts).toBe(6);
    expect(spans).toHaveLength(1 + 5 + 5 + 6);

    const asked = await allRequests();
    expect(asked).toHaveLength(6);
    const parents = spans.filter(({ kind }) => kind === CLIENT).map(({ spanId }) => `00-${traceId}-${spanId}-01`);
    expect(new Set(asked.map(({ headers }) => headers['traceparent']))).toEqual(new Set(parents));
    expect(new Set(asked.map(({ headers }) => headers['tracestate']))).toEqual(new Set(['shop=1']));
    const ratings = spans.filter(({ attributes }) => attributes['peer.service'] === 'ratings');
    expect(ratings).toMatchObject([
      { status: 2, attributes: { 'http.response.status_code': 503, 'error.type': 'upstream-status' } },
      { status: 0, attributes: { 'http.response.status_code': 200, 'guichet.attempt.kind': 'retry' } },
    ]);
  });

  it('says why a page failed', async () => {
    await fault(services.byName.catalog, { status: 500 });
    const { traceId, parent } = newTrace();
    const headers = { traceparent: `00-${traceId}-${parent}-01`, 'X-Page-Trace': '1' };
    const answer = await request(web.url + FILM, { headers });
    expect(answer.status).toBe(502);
    expect(answer.headers['server-timing']).toContain('failed (upstream-status)');
    const spans = await collector.trace(traceId);
    expect(rootOf(spans)).toMatchObject({
      status: 2,
      attributes: {
        'http.response.status_code': 502,
        'error.type': 'upstream-status',
        'guichet.page.outcome': 'failed',
      },
    });
    const film = spans.find(({ name }) => name === 'section film')!;
    expect(film).toMatchObject({ status: 2, attributes: { 'guichet.section.state': 'failed' } });
  });

  it('is passed on as it came where its parent is not sampled, and not recorded', async () => {
    const { traceId, parent } = newTrace();
    const traceparent = `00-${traceId}-${parent}-00`;
    await request(web.url + FILM, { headers: { traceparent, baggage: 'customer=7' } });
    const asked = await allRequests();
    expect(asked).toHaveLength(5);
    expect(new Set(asked.map(({ headers }) => headers['traceparent']))).toEqual(new Set([traceparent]));
    expect(asked.filter(({ headers }) => 'baggage' in headers)).toEqual([]);
    // What is recorded after it comes after it.
    const next = newTrace();
    await request(web.url + FILM, { headers: { traceparent: `00-${next.traceId}-${next.parent}-01` } });
    await collector.trace(next.traceId);
    expect(collector.of(traceId)).toEqual([]);
  });

  it.each([
    ['none', {}],
    ['a broken one', { traceparent: '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01-more' }],
    ['one of zeros', { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` }],
  ])('begins here where the client sends %s', async (_, headers) => {
    await request(web.url + FILM, { headers: { ...headers, tracestate: 'old=1' } });
    const asked = await allRequests();
    const [traceId] = new Set(asked.map(({ headers: sent }) => sent['traceparent']!.slice(3, 35)));
    const spans = await collector.trace(traceId!);
    expect(rootOf(spans).parentSpanId).toBeUndefined();
    expect(traceId).not.toBe('0af7651916cd43dd8448eb211c80319c');
    expect(asked.some(({ headers: sent }) => 'tracestate' in sent)).toBe(false);
  });

  it('is a span alone for what is no page, by its route and never by its path', async () => {
    const { traceId, parent } = newTrace();
    const headers = { traceparent: `00-${traceId}-${parent}-01` };
    await request(`${web.url}/openapi.json?token=planted`, { headers });
    const spans = await collector.trace(traceId);
    expect(spans).toHaveLength(1);
    expect(spans[0]).toMatchObject({ name: 'GET /openapi.json', parentSpanId: parent });
    const lost = newTrace();
    await request(`${web.url}/nowhere/planted`, { headers: { traceparent: `00-${lost.traceId}-${lost.parent}-01` } });
    await collector.trace(lost.traceId);
    expect(JSON.stringify(collector.spans)).not.toContain('planted');
  });

  it('is not made of probes', async () => {
    const { traceId, parent } = newTrace();
    await request(`${web.url}/health/live`, { headers: { traceparent: `00-${traceId}-${parent}-01` } });
    const next = newTrace();
    await request(web.url + FILM, { headers: { traceparent: `00-${next.traceId}-${next.parent}-01` } });
    await collector.trace(next.traceId);
    expect(collector.of(traceId)).toEqual([]);
  });

  it('does not grow by baggage: a megabyte of it is a 431, and the server goes on', async () => {
    const head = `GET ${FILM} HTTP/1.1\r\nHost: 127.0.0.1:${web.port}\r\n`;
    for (let i = 0; i < 5; i++) {
      const answer = await sendRaw(web.port, `${head}baggage: a=${'x'.repeat(1_000_000)}\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
      expect(answer).toContain('application/problem+json');
      const [, length, body] = /^Content-Length: (\d+)$[^]*\r\n\r\n([^]*)$/m.exec(answer)!;
      expect(body).toHaveLength(Number(length));
    }
    expect((await request(web.url + FILM)).status).toBe(200);
  });

  it('leaves nothing out: what was exported is what was counted', async () => {
    await until('all is exported', async () => {
      const exported = await counted(web, 'guichet_trace_spans_exported_total');
      return exported > 0 && exported === collector.spans.length;
    });
    expect(await counted(web, 'guichet_trace_spans_dropped_total')).toBe(0);
  });
});

describe('a collector', () => {
  it('that is away, or takes nothing, or says nothing, costs no page; what is lost is counted and told once', async () => {
    const port = await freePort();
    const token = 'planted-token-of-the-collector';
    const web = await startTraced({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${token}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: '3000',
      OTEL_BSP_MAX_QUEUE_SIZE: '512',
    });
    const later = new Collector();
    const asksWell = async (pages: number): Promise<void> => {
      for (let i = 0; i < pages; i++) expect((await request(web.url + FILM)).status).toBe(200);
    };
    const lost = (reason: string): Promise<number> =>
      counted(web, 'guichet_trace_spans_dropped_total', `reason="${reason}"`);
    try {
      await asksWell(5);
      await until('spans are lost', async () => (await lost('not-taken')) > 0);
      later.status = 401;
      await later.start(port);
      await asksWell(5);
      await until('an export is refused', () => later.headers.length > 0);
      expect(later.headers[0]!.authorization).toBe(`Bearer ${token}`);
      later.status = 0;
      await until('too many wait', async () => {
        await asksWell(10);
        return (await lost('queue-full')) > 0;
      });
      later.status = 200;
      await until('spans arrive again', async () => {
        await asksWell(1);
        return later.spans.length > 0;
      });
      await web.program.said(/takes traces again/);
      const said = web.program.stdout + web.program.stderr;
      expect(said.match(/traces are lost/g)).toHaveLength(1);
      expect(said).not.toContain(token);
    } finally {
      await later.stop();
    }
  });

  it('gets what waited when the app ends', async () => {
    const web = await startTraced({ OTEL_BSP_SCHEDULE_DELAY: '60000' });
    const traces = Array.from({ length: 20 }, newTrace);
    for (const { traceId, parent } of traces) {
      await request(web.url + FILM, { headers: { traceparent: `00-${traceId}-${parent}-01` } });
    }
    expect(traces.flatMap(({ traceId }) => collector.of(traceId))).toEqual([]);
    expect((await web.program.end('SIGTERM')).code).toBe(0);
    for (const { traceId } of traces) expect(collector.of(traceId).length).toBeGreaterThanOrEqual(11);
  });

  it('that says nothing does not keep the app from ending', async () => {
    const silent = new Collector();
    silent.status = 0;
    const web = await startTraced({
      OTEL_EXPORTER_OTLP_ENDPOINT: await silent.start(),
      OTEL_BSP_SCHEDULE_DELAY: '60000',
    });
    try {
      await request(web.url + FILM);
      expect((await web.program.end('SIGTERM')).code).toBe(0);
      expect(silent.headers).toHaveLength(1);
    } finally {
      await silent.stop();
    }
  });
});

describe('without a collector', () => {
  /** @returns the files of OpenTelemetry's SDK that a process has loaded after it made its traces ready */
  function loaded(env: Record<string, string>): string[] {
    const program = `
      import { createRequire } from 'node:module';
      import { startTracing } from 'guichet/observability';
      await startTracing('test', {}, ${JSON.stringify(env)});
      const files = Object.keys(createRequire(import.meta.url).cache).filter(file => /@opentelemetry.(?!api\\b)/.test(file));
      console.log(JSON.stringify(files));
      process.exit(0);`;
    const options = { cwd: repository, encoding: 'utf8' } as const;
    return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', program], options)) as string[];
  }

  // Its API is: the metrics' library speaks it.
  it('OpenTelemetry’s SDK is not even loaded', () => {
    expect(loaded({})).toEqual([]);
    expect(loaded({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }).length).toBeGreaterThan(10);
  });

  it('the client’s trace is passed on as it came', async () => {
    const web = await startTraced({ OTEL_EXPORTER_OTLP_ENDPOINT: '' });
    const { traceId, parent } = newTrace();
    const traceparent = `00-${traceId}-${parent}-01`;
    await request(web.url + FILM, { headers: { traceparent } });
    expect(new Set((await allRequests()).map(({ headers }) => headers['traceparent']))).toEqual(new Set([traceparent]));
    expect(await counted(web, 'guichet_trace_spans_exported_total')).toBe(0);
  });
});

describe('X-Page-Trace', () => {
  const secret = 'the-secret-of-who-may-see-traces';
  const production = {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    ALLOWED_HOSTS: '127.0.0.1',
    PUBLIC_ORIGIN: 'https://shop.example',
    INSECURE_LOCALHOST: '',
    SESSION_STORE: 'memory',
    OTEL_EXPORTER_OTLP_ENDPOINT: '',
  };
  const ask = async (bff: Bff, value: string): Promise<unknown> =>
    (await request(bff.url + FILM, { headers: { 'X-Page-Trace': value } })).headers['server-timing'];

  it('is nobody’s in production until somebody is named', async () => {
    expect(await ask(await startTraced(production), '1')).toBeUndefined();
  });

  it('is theirs who sign, and theirs who are near', async () => {
    const signer = await startTraced({ ...production, PAGE_TRACE_SECRET: secret });
    expect(await ask(signer, '1')).toBeUndefined();
    const t = Math.floor(Date.now() / 1_000);
    const sig = createHmac('sha256', secret).update(`${t}\nGET\n${FILM}`).digest('base64url');
    expect(await ask(signer, `1;t=${t};sig=${sig}`)).toMatch(/^total;dur=/);
    expect(await ask(signer, `1;t=${t};sig=${sig.replace(/./, first => (first === 'A' ? 'B' : 'A'))}`)).toBeUndefined();
    const near = await startTraced({ ...production, PAGE_TRACE_NETWORKS: '127.0.0.0/8' });
    expect(await ask(near, '1')).toMatch(/^total;dur=/);
  });
});

describe('what is wrong with the settings', () => {
  it('ends the boot with all of it, and shows no secret', async () => {
    const program = new Program('web', 'dist/apps/web/main.js', {
      env: {
        PORT: '0',
        MANAGEMENT_PORT: '0',
        DISCOVERY: 'static',
        UPSTREAMS_FILE: upstreamsFile,
        OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://user:planted@collector',
        OTEL_EXPORTER_OTLP_HEADERS: 'planted',
        OTEL_TRACES_SAMPLER: 'sometimes',
        OTEL_TRACES_SAMPLER_ARG: '2',
        PAGE_TRACE_SECRET: 'planted',
      },
    });
    expect((await program.ended).code).toBe(78);
    for (const variable of [
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'OTEL_EXPORTER_OTLP_HEADERS',
      'OTEL_TRACES_SAMPLER',
      'OTEL_TRACES_SAMPLER_ARG',
      'PAGE_TRACE_SECRET',
    ]) {
      expect(program.stderr).toContain(`tracing · ${variable}:`);
    }
    expect(program.stderr).not.toContain('planted');
  });
});
