import { AttemptTrace, CallTrace, PageTrace, RequestContext } from 'guichet/kernel';
import { serverTiming } from './server-timing.js';
import { waterfallOf } from './waterfall.js';

/** film (10 to 60) -> price (60 to 100, retried); ratings (10 to 40, a fallback); similar was never run. */
function exampleTrace(): { trace: PageTrace; context: RequestContext } {
  const context = new RequestContext('r1', 1_000, `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`);
  const plan = {
    name: 'FilmPage',
    sections: [
      { name: 'film', isRequired: true, needs: [] },
      { name: 'price', isRequired: true, needs: ['film'] },
      { name: 'ratings', isRequired: false, needs: [] },
      { name: 'similar', isRequired: false, needs: ['ratings'] },
    ],
  };
  const trace = new PageTrace(plan, 1_000, 1_010, 800);
  const [film, price, ratings] = trace.sections;
  film!.launchedAt = 1_010;
  film!.end(1_060, 'fresh', undefined);
  price!.launchedAt = 1_060;
  const call = new CallTrace('pricing', 'GET', '/quotes/:sku', 1_060);
  const first = new AttemptTrace(1, 'first', '10.0.0.1:80', 1_061, undefined);
  first.end(1_070, 'failed', 'upstream-reset', 0, 0);
  const second = new AttemptTrace(2, 'retry', '10.0.0.2:80', 1_075, undefined);
  second.end(1_099, 'succeeded', undefined, 200, 64);
  call.attempts.push(first, second);
  call.end(1_100, 'succeeded', undefined);
  price!.calls.push(call);
  price!.end(1_100, 'fresh', undefined);
  ratings!.launchedAt = 1_010;
  ratings!.end(1_040, 'fallback', 'upstream-timeout');
  return { trace, context };
}

describe('the waterfall of a page', () => {
  it('tells when everything was, from the arrival on', () => {
    const { trace, context } = exampleTrace();
    trace.end(1_102.34, 'degraded', undefined, 512);
    const told = waterfallOf(trace, context, 9_999);
    expect(told).toMatchObject({
      page: 'FilmPage',
      requestId: 'r1',
      traceId: 'a'.repeat(32),
      outcome: 'degraded',
      guardsMs: 10,
      durationMs: 102.3,
      bytes: 512,
    });
    expect(told.sections.map(({ name, startMs, durationMs, outcome }) => [name, startMs, durationMs, outcome])).toEqual(
      [
        ['film', 10, 50, 'fresh'],
        ['price', 60, 40, 'fresh'],
        ['ratings', 10, 30, 'fallback'],
        ['similar', 0, 0, undefined],
      ],
    );
    expect(told.sections[1]!.calls[0]!.attempts).toMatchObject([
      { kind: 'first', startMs: 61, durationMs: 9, outcome: 'failed', code: 'upstream-reset', status: 0 },
      { kind: 'retry', startMs: 75, durationMs: 24, outcome: 'succeeded', status: 200, bytes: 64 },
    ]);
  });

  it('finds the critical path and what bounded the page', () => {
    const { trace, context } = exampleTrace();
    const { criticalPath, boundBy } = waterfallOf(trace, context, 1_102);
    expect(criticalPath).toEqual(['film', 'price']);
    expect(boundBy).toEqual({ section: 'film', durationMs: 50, upstream: undefined, call: undefined });
  });

  it('ends at the given instant what has not ended', () => {
    const { trace, context } = exampleTrace();
    trace.sections[3]!.launchedAt = 1_040;
    trace.sections[3]!.calls.push(new CallTrace('similar', 'GET', '/similar', 1_041));
    const told = waterfallOf(trace, context, 1_102);
    expect(told.durationMs).toBe(102);
    expect(told.sections[3]).toMatchObject({ startMs: 40, durationMs: 62, outcome: undefined });
    expect(told.sections[3]!.calls[0]).toMatchObject({ startMs: 41, durationMs: 61, outcome: undefined });
  });

  it('is told to browsers, in what a header may hold', () => {
    const { trace, context } = exampleTrace();
    const header = serverTiming(waterfallOf(trace, context, 1_102));
    expect(header).toBe(
      'total;dur=102, guards;dur=10, critical;desc="film > price", film;dur=50;desc="from 10 ms; fresh", ' +
        'price;dur=40;desc="from 60 ms; fresh; pricing GET /quotes/:sku, 2 attempts", ' +
        'ratings;dur=30;desc="from 10 ms; fallback (upstream-timeout)", similar;dur=0;desc="from 0 ms; not run"',
    );
  });

  it('keeps a header of a page with many sections short, and free of what would end it', () => {
    const name = 'ä"\r\n';
    const sections = Array.from({ length: 500 }, () => ({ name, isRequired: true, needs: [] }));
    const trace = new PageTrace({ name: 'Wide', sections }, 0, 0, 1);
    const header = serverTiming(waterfallOf(trace, new RequestContext('r', 0), 1));
    expect(header.length).toBeLessThanOrEqual(4_096);
    expect(header).toMatch(/^[\x20-\x7e]+$/);
  });
});
