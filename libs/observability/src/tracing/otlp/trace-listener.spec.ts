import type { IncomingMessage, ServerResponse } from 'node:http';
import { AttemptTrace, CallTrace, ExchangeTrace, PageTrace, RequestContext } from 'guichet/kernel';
import { ManualClock } from 'guichet/testing';
import { traceContext } from '../../trace-context.js';
import { SampledRequest } from '../sampled-request.js';
import { type ReadSpan, readSpans } from './read-spans.test-rig.js';
import { CLIENT, INTERNAL, SERVER } from './span-words.js';
import { TraceListener } from './trace-listener.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const plan = {
  name: 'FilmPage',
  sections: [
    { name: 'film', isRequired: true, needs: [] },
    { name: 'price', isRequired: true, needs: ['film'] },
    { name: 'similar', isRequired: false, needs: ['film'] },
  ],
};

const clock = new ManualClock(1_000);

function sampledContext(traceparent?: string): RequestContext {
  const context = new RequestContext('req-1', 1_000, traceparent);
  context.sampled = new SampledRequest(traceContext(traceparent, undefined));
  context.route = '/pages/films/:id';
  return context;
}

function tell(context: RequestContext, { method = 'GET', status = 200, endedAt = 1_100 } = {}): readonly ReadSpan[] {
  let told: readonly ReadSpan[] = [];
  const request = { method, httpVersion: '1.1', socket: {}, url: '/pages/films/7?token=planted' } as IncomingMessage;
  const response = { statusCode: status, headersSent: status > 0 } as ServerResponse;
  const listener = new TraceListener(clock, (text, count) => {
    told = readSpans(text);
    expect(told).toHaveLength(count);
  });
  const finished = { context, request, response, endedAt };
  listener.finished(finished);
  const first = withoutIds(told);
  // What recurs is remembered from now on.
  listener.finished(finished);
  expect(withoutIds(told)).toEqual(first);
  return told;
}

function withoutIds(spans: readonly ReadSpan[]): readonly unknown[] {
  return spans.map(span => ({ ...span, spanId: undefined, parentSpanId: undefined }));
}

const named = (spans: readonly ReadSpan[], name: string) => spans.find(span => span.name === name)!;
const parentOf = (spans: readonly ReadSpan[], span: ReadSpan) =>
  spans.find(({ spanId }) => spanId === span.parentSpanId);
/** Milliseconds on the kernel's clock. */
const instantOf = (nanoseconds: bigint) => Number(nanoseconds / 1_000n) / 1_000 - clock.epochMs() + clock.now();

/** A film whose first attempt failed; its price waited for the answer of another request; something similar is still awaited. */
function filmTrace(): PageTrace {
  const trace = new PageTrace(plan, 1_000, 1_002, 800);
  const [film, price, similar] = trace.sections as [
    PageTrace['sections'][0],
    PageTrace['sections'][0],
    PageTrace['sections'][0],
  ];
  film.launchedAt = 1_003;
  const call = new CallTrace('catalog', 'GET', '/films/:id', 1_003.5);
  const first = new AttemptTrace(1, 'first', '10.0.0.1:4000', 1_004, '1'.repeat(16));
  first.end(1_014, 'failed', 'upstream-status', 503, 0);
  const second = new AttemptTrace(2, 'retry', '[::1]:4001', 1_020, '2'.repeat(16));
  second.end(1_040.25, 'succeeded', undefined, 200, 120);
  call.attempts.push(first, second);
  call.end(1_040.5, 'succeeded', undefined);
  film.calls.push(call);
  film.end(1_041, 'fresh', undefined);
  price.launchedAt = 1_041;
  const shared = new CallTrace('pricing', 'GET', '/quotes/:sku', 1_041);
  shared.isShared = shared.isQueued = true;
  shared.end(1_050, 'succeeded', undefined);
  price.calls.push(shared);
  price.end(1_050, 'fresh', undefined);
  similar.launchedAt = 1_041;
  const hung = new CallTrace('recommendations', 'GET', '/similar', 1_042);
  hung.attempts.push(new AttemptTrace(1, 'hedge', '10.0.0.2:4000', 1_043, '3'.repeat(16)));
  similar.calls.push(hung);
  similar.end(1_090, 'fallback', 'upstream-timeout');
  trace.end(1_095, 'degraded', undefined, 512);
  return trace;
}

describe('the spans of a page', () => {
  const context = sampledContext(`00-${TRACE}-${PARENT}-01`);
  context.trace = filmTrace();
  const spans = tell(context);

  it('are one trace: the request below its client, sections below it, calls, and attempts by what they were called on the wire', () => {
    const tree = spans.map(span => `${parentOf(spans, span)?.name ?? '-'} > ${span.name}`);
    expect(tree).toEqual([
      'GET /pages/films/:id > section film',
      'section film > catalog GET /films/:id',
      'catalog GET /films/:id > GET /films/:id',
      'catalog GET /films/:id > GET /films/:id',
      'GET /pages/films/:id > section price',
      'section price > pricing GET /quotes/:sku',
      'GET /pages/films/:id > section similar',
      'section similar > recommendations GET /similar',
      'recommendations GET /similar > GET /similar',
      '- > GET /pages/films/:id',
    ]);
    expect(new Set(spans.map(span => span.traceId))).toEqual(new Set([TRACE]));
    expect(new Set(spans.map(span => span.spanId)).size).toBe(spans.length);
    const request = spans.at(-1)!;
    expect(request.spanId).toBe(context.sampled!.spanId);
    expect(request).toMatchObject({ parentSpanId: PARENT, isParentRemote: true });
    const attempts = spans.filter(({ kind }) => kind === CLIENT).map(span => span.spanId);
    expect(attempts).toEqual(['1'.repeat(16), '2'.repeat(16), '3'.repeat(16)]);
  });

  it('have the instants that were written down, as dates', () => {
    const request = spans.at(-1)!;
    expect([instantOf(request.startedAt), instantOf(request.endedAt)]).toEqual([1_000, 1_100]);
    const call = named(spans, 'catalog GET /films/:id');
    expect(instantOf(call.startedAt)).toBeCloseTo(1_003.5, 3);
    expect(instantOf(call.endedAt)).toBeCloseTo(1_040.5, 3);
  });

  it('say of the page how it ended and what it waited for, and nothing of who asked for what', () => {
    expect(spans.at(-1)).toMatchObject({
      kind: SERVER,
      isError: false,
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/pages/films/:id',
        'http.response.status_code': 200,
        'http.response.body.size': 512,
        'guichet.request_id': 'req-1',
        'guichet.page.name': 'FilmPage',
        'guichet.page.outcome': 'degraded',
        'guichet.page.budget_ms': 800,
        'guichet.page.guards_ms': 2,
        'guichet.page.critical_path': ['film', 'similar'],
        'guichet.page.bound_by.section': 'similar',
        'guichet.page.bound_by.upstream': 'recommendations',
      },
    });
    expect(JSON.stringify(spans.map(span => span.attributes))).not.toContain('planted');
  });

  it('say of sections, calls and attempts what became of them', () => {
    expect(named(spans, 'section similar').attributes).toEqual({
      'guichet.section.name': 'similar',
      'guichet.section.required': false,
      'guichet.section.state': 'fallback',
      'guichet.section.reason': 'upstream-timeout',
    });
    expect(named(spans, 'pricing GET /quotes/:sku').attributes).toMatchObject({
      'guichet.upstream': 'pricing',
      'guichet.call.shared': true,
      'guichet.call.queued': true,
    });
    const [failed, retried] = spans.filter(({ name }) => name === 'GET /films/:id');
    expect(failed).toMatchObject({
      isError: true,
      attributes: {
        'server.address': '10.0.0.1',
        'server.port': 4000,
        'http.response.status_code': 503,
        'error.type': 'upstream-status',
        'guichet.attempt.kind': 'first',
      },
    });
    expect(retried).toMatchObject({
      isError: false,
      attributes: {
        'server.address': '::1',
        'server.port': 4001,
        'http.request.resend_count': 1,
        'url.template': '/films/:id',
        'guichet.outcome': 'succeeded',
      },
    });
  });

  it('say which version of an upstream was asked, and which one was left, each call for itself', () => {
    const asking = sampledContext();
    asking.trace = filmTrace();
    const calls = ['canary', 'default', 'default'].map((subset, n) => {
      const call = new CallTrace('catalog', 'GET', `/versions/${n % 2}`, 1_003);
      call.subset = subset;
      if (n === 1) call.leftSubset = 'catalog:canary: ejected';
      call.end(1_004, 'succeeded', undefined);
      return call;
    });
    asking.trace.sections[0]!.calls.push(...calls);
    const told = tell(asking).filter(({ name }) => name.includes('/versions/'));
    const said = told.map(({ attributes }) => [attributes['guichet.subset'], attributes['guichet.subset.left']]);
    expect(said).toEqual([
      ['canary', undefined],
      ['default', 'catalog:canary: ejected'],
      ['default', undefined],
    ]);
  });

  it('end with the page where what they tell outlived it, and say so', () => {
    const hung = named(spans, 'GET /similar');
    expect(instantOf(hung.endedAt)).toBe(1_095);
    expect(hung.attributes['guichet.outlived_page']).toBe(true);
    expect(hung.isError).toBe(false);
  });
});

describe('the spans of an exchange of a route', () => {
  const context = sampledContext(`00-${TRACE}-${PARENT}-01`);
  context.route = '/api/films/:id';
  context.exchange = new ExchangeTrace();
  const call = new CallTrace('catalog', 'GET', '/films/:id', 1_001);
  const first = new AttemptTrace(1, 'first', '10.0.0.1:4000', 1_002, '1'.repeat(16));
  first.end(1_004, 'failed', 'upstream-refused', 0, 0);
  const second = new AttemptTrace(2, 'retry', '10.0.0.2:4000', 1_010, '2'.repeat(16));
  second.headAt = 1_013.5;
  second.end(1_060, 'succeeded', undefined, 200, 4_096);
  call.attempts.push(first, second);
  call.end(1_060, 'succeeded', undefined);
  context.exchange.calls.push(call);
  const spans = tell(context);

  it('are those of a page’s call, below the request itself', () => {
    const tree = spans.map(span => `${parentOf(spans, span)?.name ?? '-'} > ${span.name}`);
    expect(tree).toEqual([
      'GET /api/films/:id > catalog GET /films/:id',
      'catalog GET /films/:id > GET /films/:id',
      'catalog GET /films/:id > GET /films/:id',
      '- > GET /api/films/:id',
    ]);
    expect(spans.map(({ kind }) => kind)).toEqual([INTERNAL, CLIENT, CLIENT, SERVER]);
    expect(spans.slice(1, 3).map(({ spanId }) => spanId)).toEqual(['1'.repeat(16), '2'.repeat(16)]);
    expect(spans.at(-1)!.spanId).toBe(context.sampled!.spanId);
  });

  it('say which instance was asked, how often, why the first failed, and when the answer’s head was there', () => {
    expect(spans[1]).toMatchObject({
      isError: true,
      attributes: {
        'http.request.method': 'GET',
        'url.template': '/films/:id',
        'server.address': '10.0.0.1',
        'server.port': 4000,
        'peer.service': 'catalog',
        'guichet.attempt.number': 1,
        'guichet.attempt.kind': 'first',
        'guichet.outcome': 'failed',
        'error.type': 'upstream-refused',
      },
    });
    expect(spans[1]!.attributes).not.toHaveProperty(['guichet.attempt.head_ms']);
    expect(spans[2]).toMatchObject({
      isError: false,
      attributes: {
        'server.address': '10.0.0.2',
        'guichet.attempt.kind': 'retry',
        'guichet.attempt.head_ms': 3.5,
        'guichet.outcome': 'succeeded',
        'http.response.status_code': 200,
        'http.response.body.size': 4_096,
      },
    });
    expect(instantOf(spans[2]!.endedAt)).toBe(1_060);
  });
});

describe('the span of a request', () => {
  it('stands alone where it was for no page, and begins the trace where nobody called', () => {
    const context = sampledContext();
    const [request, ...others] = tell(context);
    expect(others).toEqual([]);
    expect(request).toMatchObject({
      parentSpanId: undefined,
      traceId: context.sampled!.traceId,
      spanId: context.sampled!.spanId,
    });
  });

  it('is an error only where it is ours', () => {
    const failed = sampledContext();
    failed.trace = new PageTrace(plan, 1_000, 1_000, 800);
    failed.trace.end(1_050, 'failed', 'upstream-timeout', 0);
    const [span] = tell(failed, { status: 504 });
    expect(span).toMatchObject({
      isError: true,
      attributes: { 'error.type': 'upstream-timeout', 'guichet.page.code': 'upstream-timeout' },
    });
    expect(tell(sampledContext(), { status: 500 })[0]!.attributes['error.type']).toBe('500');
    expect(tell(sampledContext(), { status: 404 })[0]!.isError).toBe(false);
  });

  it('has no status where the client left before it', () => {
    const context = sampledContext();
    context.depart();
    const { attributes } = tell(context, { status: 0 })[0]!;
    expect(attributes).not.toHaveProperty('http.response.status_code');
    expect(attributes['guichet.departed']).toBe(true);
  });

  it('has no name of the client’s making', () => {
    const context = sampledContext();
    context.route = undefined;
    const [span] = tell(context, { method: 'PROPFIND' });
    expect(span!.name).toBe('_OTHER');
    expect(span!.attributes).not.toHaveProperty('http.route');
  });

  it('is not made of what is not sampled', () => {
    expect(tell(new RequestContext('req-1', 1_000))).toEqual([]);
  });

  it('says how much of a page was too much to tell', () => {
    const context = sampledContext();
    context.trace = new PageTrace(plan, 1_000, 1_000, 800);
    const film = context.trace.sections[0]!;
    film.launchedAt = 1_000;
    for (let i = 0; i < 1_500; i++) film.calls.push(new CallTrace('catalog', 'GET', '/films/:id', 1_001));
    film.end(1_050, 'fresh', undefined);
    const spans = tell(context);
    expect(spans).toHaveLength(1_000);
    expect(spans.at(-1)!.attributes['guichet.page.spans_left_out']).toBe(502);
  });
});
