import type { IncomingMessage, ServerResponse } from 'node:http';
import { PageTrace, RequestContext } from 'guichet/kernel';
import type { PageOutcome, RequestFailure, SectionOutcome, TraceCode } from 'guichet/kernel';
import { logOptions, type LogOptionsInput } from './log-options.js';
import { openLog } from './open-log.js';

interface Over {
  readonly route?: string | undefined;
  readonly url?: string;
  readonly method?: string;
  readonly status?: number;
  readonly isAnswered?: boolean;
  readonly failure?: Partial<RequestFailure>;
  readonly departed?: boolean;
  readonly trace?: PageTrace;
  readonly length?: string | number | undefined;
}

/** @returns the line of a request that is over, or undefined where there is none */
async function lineOf(over: Over, options: LogOptionsInput = {}): Promise<Record<string, unknown> | undefined> {
  const lines: string[] = [];
  const log = await openLog('shop', logOptions({ format: 'json', ...options }, {}), {
    environment: {},
    stream: { write: line => void lines.push(line) },
  });
  const { route = '/pages/films/:id', url = '/pages/films/7?token=t', method = 'GET', status = 200 } = over;
  const context = new RequestContext('r1', 1_000);
  context.route = 'route' in over ? over.route : route;
  context.trace = over.trace;
  if (over.failure) context.failure = { code: 'x', level: 'warn', isBug: false, message: 'm', ...over.failure };
  context.departed = over.departed ?? false;
  log.requests!.finished({
    context,
    request: { method, url } as IncomingMessage,
    response: { headersSent: over.isAnswered ?? true, statusCode: status } as ServerResponse,
    answer: { getHeader: () => over.length },
    endedAt: 1_012.34,
  });
  expect(lines.length).toBeLessThanOrEqual(1);
  return lines[0] === undefined ? undefined : (JSON.parse(lines[0]) as Record<string, unknown>);
}

function traced(
  outcome: PageOutcome,
  tookMs: number,
  sections = 1,
  state: SectionOutcome = 'fresh',
  reason?: TraceCode,
) {
  const names = Array.from({ length: sections }, (_, n) => `section${n}`);
  const plan = { name: 'FilmPage', sections: names.map(name => ({ name, isRequired: false, needs: [] })) };
  const trace = new PageTrace(plan, 1_000, 1_001, 100);
  for (const [n, section] of trace.sections.entries()) {
    section.launchedAt = 1_001;
    section.end(1_001 + n, n === 0 ? state : 'fresh', n === 0 ? reason : undefined);
  }
  trace.end(1_000 + tookMs, outcome, undefined, 10);
  return trace;
}

describe('the line of a request', () => {
  it('tells route, status, time, bytes and outcome, and no value of a client’s', async () => {
    expect(await lineOf({ length: '42' })).toEqual({
      level: 'info',
      time: expect.any(Number) as number,
      app: 'shop',
      pid: process.pid,
      context: 'Request',
      requestId: 'r1',
      method: 'GET',
      route: '/pages/films/:id',
      status: 200,
      ms: 12.3,
      bytes: 42,
      outcome: 'complete',
      msg: 'request',
    });
  });

  it.each<[string, Over, object]>([
    ['a bug', { status: 500, failure: { code: 'internal-error', isBug: true } }, { level: 'error', error: undefined }],
    ['an upstream’s failure', { status: 502, failure: { message: 'refused' } }, { level: 'warn', error: 'refused' }],
    ['a broken contract', { status: 502, failure: { level: 'error' } }, { level: 'error' }],
    [
      'a client’s mistake',
      { status: 400, failure: { code: 'bad', message: 'it sent abc' } },
      { level: 'info', error: undefined, code: 'bad', outcome: 'failed' },
    ],
    [
      'a page that is not whole',
      { trace: traced('degraded', 5) },
      { level: 'warn', outcome: 'degraded', page: 'FilmPage' },
    ],
    [
      'a client that left',
      { departed: true, isAnswered: false, trace: traced('departed', 5) },
      { level: 'info', outcome: 'departed', status: undefined, bytes: undefined },
    ],
    [
      'one that left in the middle of its answer',
      { departed: true, trace: traced('complete', 5) },
      { level: 'info', outcome: 'departed', status: 200 },
    ],
    ['HEAD', { method: 'HEAD', length: 42 }, { bytes: 0 }],
    ['a 304', { status: 304, length: 42 }, { bytes: 0, outcome: 'complete' }],
    ['an answer of unknown length', {}, { bytes: undefined }],
  ])('of %s', async (_, over, fields) => {
    expect(await lineOf(over)).toMatchObject(JSON.parse(JSON.stringify(fields)) as object);
    const line = await lineOf(over);
    const absent = Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [name] : []));
    expect(Object.keys(line!).filter(name => absent.includes(name))).toEqual([]);
  });

  it('hides what an error’s words tell of secrets', async () => {
    const { error } = (await lineOf({
      status: 502,
      failure: { message: `no: redis://a:S3cretValue@b${'x'.repeat(9_999)}` },
    }))!;
    expect(error).toMatch(/^no: redis:\/\/\[redacted\]@b/);
    expect((error as string).length).toBeLessThan(600);
  });

  it('says a path only to who debugs, without query and control characters, where no route says it', async () => {
    const over = { route: undefined, status: 404, url: `/a\u001b[31m/b\u202e?token=t` };
    expect(await lineOf(over)).not.toHaveProperty('path');
    expect((await lineOf(over, { level: 'debug' }))!['path']).toBe('/a?[31m/b?');
    expect(await lineOf({ ...over, route: '/*' }, { level: 'debug' })).toHaveProperty('path');
    expect(await lineOf({ url: '/pages/films/7' }, { level: 'debug' })).not.toHaveProperty('path');
    expect((await lineOf({ ...over, url: `/${'a'.repeat(9_999)}` }, { level: 'debug' }))!['path']).toHaveLength(200);
  });

  it('is not written of a probe but to who debugs, and not below the level', async () => {
    expect(await lineOf({ route: '/health/ready', status: 503 })).toBeUndefined();
    expect(await lineOf({ route: '/health/ready' }, { level: 'debug' })).toMatchObject({ level: 'debug' });
    expect(await lineOf({}, { level: 'warn' })).toBeUndefined();
  });
});

describe('the waterfall in a line', () => {
  it('is told from the part of the budget on that counts as slow', async () => {
    expect(await lineOf({ trace: traced('complete', 49) })).not.toHaveProperty('waterfall');
    expect(await lineOf({ trace: traced('complete', 50) })).toMatchObject({ slow: true, waterfall: { budgetMs: 100 } });
    expect(await lineOf({ trace: traced('complete', 50) }, { slowPageRatio: 0.6 })).not.toHaveProperty('slow');
  });

  it('tells of a section that is not whole why', async () => {
    const trace = traced('degraded', 5, 2, 'fallback', 'upstream-timeout');
    expect(await lineOf({ trace })).toMatchObject({
      waterfall: {
        guardsMs: 1,
        path: 'section1',
        bound: { section: 'section1', ms: 1 },
        sections: {
          section0: { at: 1, ms: 0, outcome: 'fallback', reason: 'upstream-timeout' },
          section1: { outcome: 'fresh' },
        },
      },
    });
  });

  it('is not told of a page that the client’s mistake ended', async () => {
    expect(await lineOf({ status: 404, trace: traced('failed', 5) })).not.toHaveProperty('waterfall');
    expect(await lineOf({ status: 502, trace: traced('failed', 5) })).toHaveProperty('waterfall');
  });

  it('is bounded, whatever the page: what was quick and whole is left out first', async () => {
    const line = (await lineOf({ trace: traced('degraded', 90, 200, 'omitted', 'need-missing') }))!;
    const { sections, more } = line['waterfall'] as { sections: object; more: number };
    expect(Object.keys(sections)).toHaveLength(20);
    expect(Object.keys(sections)).toEqual(expect.arrayContaining(['section0', 'section199']));
    expect(more).toBe(180);
    expect(JSON.stringify(line).length).toBeLessThan(4_000);
  });
});
