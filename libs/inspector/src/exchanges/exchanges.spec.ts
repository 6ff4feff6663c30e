import { AttemptTrace, CallTrace } from 'guichet/kernel';
import { ManualClock } from 'guichet/testing';
import { exchangeList } from '../api/exchanges.js';
import { exchangeSummary, exchangeView } from './exchange.js';
import { type EndedExchange, endedExchange } from './exchange.test-rig.js';
import { Exchanges } from './exchanges.js';

describe('Exchanges', () => {
  const filled = (...told: readonly EndedExchange[]): Exchanges => {
    const exchanges = new Exchanges(new ManualClock());
    for (const one of told) exchanges.ended(endedExchange(one));
    return exchanges;
  };
  const times = (count: number, told: EndedExchange): EndedExchange[] => Array.from({ length: count }, () => told);
  const ids = (exchanges: Exchanges, reason?: Parameters<Exchanges['all']>[0]): number[] =>
    exchanges.all(reason).map(({ id }) => id);

  it('keeps the last hundred, the newest first', () => {
    const exchanges = filled(...times(250, { outcome: 'departed', headMs: undefined }));
    expect(ids(exchanges)).toEqual(Array.from({ length: 100 }, (_, index) => 250 - index));
  });

  it('keeps what failed, was cut or answered with 500 beyond the recent ones, fifty of them', () => {
    const exchanges = filled(
      { status: 404 },
      { outcome: 'departed', headMs: undefined },
      ...times(20, { outcome: 'failed', status: 0, code: 'upstream-timeout', headMs: undefined }),
      ...times(20, { outcome: 'cut', code: 'upstream-reset' }),
      ...times(20, { status: 503 }),
      ...times(200, {}),
    );
    expect(ids(exchanges, 'failed')).toEqual(Array.from({ length: 50 }, (_, index) => 62 - index));
  });

  it('keeps those of each route that were slowest to begin to answer: a long body is none', () => {
    const slow = [70, 90, 80, 60, 50, 40, 30, 20, 15].map((headMs): EndedExchange => ({ headMs, durationMs: 200 }));
    const exchanges = filled(
      ...slow,
      { headMs: 5, durationMs: 60_000 },
      { route: 'GET /api/b', headMs: 1 },
      ...times(150, { headMs: 1 }),
    );
    const list = exchangeList(exchanges, new URLSearchParams('kept=slowest'));
    expect(list.map(({ route, headMs }) => [route, headMs])).toEqual([
      ...[90, 80, 70, 60, 50, 40, 30, 20].map(ms => ['GET /api/a', ms]),
      ['GET /api/b', 1],
    ]);
    expect(exchangeList(exchanges, new URLSearchParams('kept=slowest&route=GET+%2Fapi%2Fb'))).toHaveLength(1);
  });

  it('counts what never began to answer among the slow, but not a client that left', () => {
    const failed = { outcome: 'failed', code: 'upstream-timeout', durationMs: 9_000, headMs: undefined } as const;
    expect(ids(filled(failed, { ...failed, outcome: 'departed' }), 'slowest')).toEqual([1]);
  });

  it('tells the attempts, as far as they have come', () => {
    const call = new CallTrace('catalog', 'GET', '/api/a', 0);
    const first = new AttemptTrace(1, 'first', '127.0.0.1:1', 0, undefined);
    first.end(5, 'failed', 'upstream-reset', 0, 0);
    call.attempts.push(first, new AttemptTrace(2, 'retry', '127.0.0.1:2', 6, undefined));
    expect(filled({ call }).all().map(exchangeSummary)[0]!.attempts).toMatchObject([
      { instance: '127.0.0.1:1', kind: 'first', outcome: 'failed', code: 'upstream-reset', status: 0 },
      { instance: '127.0.0.1:2', kind: 'retry', outcome: undefined, code: undefined, status: 0 },
    ]);
  });

  it('tells of one what was asked, and of each attempt from when, how long, and when its head was there', () => {
    const call = new CallTrace('catalog', 'GET', '/films/:id', 992);
    const first = new AttemptTrace(1, 'first', '127.0.0.1:1', 992, undefined);
    first.end(993.5, 'failed', 'upstream-refused', 0, 0);
    const second = new AttemptTrace(2, 'retry', '127.0.0.1:2', 994, undefined);
    second.headAt = 996.5;
    second.end(999, 'succeeded', undefined, 200, 100);
    call.attempts.push(first, second);
    call.end(999, 'succeeded', undefined);
    const exchanges = filled({ call });
    expect(exchangeView(exchanges.byId(1)!)).toMatchObject({
      id: 1,
      traceId: undefined,
      call: {
        upstream: 'catalog',
        call: 'GET /films/:id',
        startMs: 2,
        durationMs: 7,
        attempts: [
          { number: 1, startMs: 2, durationMs: 1.5, headMs: undefined, code: 'upstream-refused' },
          { number: 2, startMs: 4, durationMs: 5, headMs: 2.5, status: 200, bytes: 100 },
        ],
      },
    });
    expect(exchangeView(filled({}).byId(1)!)).toMatchObject({ call: undefined, attempts: [] });
    expect(exchanges.byId(2)).toBeUndefined();
  });

  it('keeps nothing of the request but its ids', () => {
    const exchanges = filled({ requestId: 'mine' });
    expect(exchanges.all()[0]).not.toHaveProperty('context');
    expect(exchanges.all().map(exchangeSummary)[0]!.requestId).toBe('mine');
  });

  it('tells whoever wants to know, until they do not', () => {
    const exchanges = filled();
    const heard: number[] = [];
    const unsubscribe = exchanges.subscribe(({ id }) => heard.push(id));
    exchanges.ended(endedExchange());
    unsubscribe();
    exchanges.ended(endedExchange());
    expect(heard).toEqual([1]);
  });
});
