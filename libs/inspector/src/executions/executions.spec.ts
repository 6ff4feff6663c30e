import { CallTrace, RequestContext } from 'guichet/kernel';
import { ManualClock } from 'guichet/testing';
import { summaryOf } from './execution.js';
import { finishedRequest, planOf, type Told } from './execution.test-rig.js';
import { Executions } from './executions.js';

describe('Executions', () => {
  const filled = (...told: readonly Told[]): Executions => {
    const executions = new Executions(new ManualClock());
    for (const one of told) executions.finished(finishedRequest(one));
    return executions;
  };
  const times = (count: number, told: Told): Told[] => Array.from({ length: count }, () => told);
  const ids = (executions: Executions, reason?: Parameters<Executions['all']>[0]): number[] =>
    executions.all(reason).map(({ id }) => id);

  it('keeps the last hundred, the newest first', () => {
    const executions = filled(...times(250, { outcome: 'departed' }));
    expect(ids(executions)).toEqual(Array.from({ length: 100 }, (_, index) => 250 - index));
  });

  it('keeps what did not come out whole beyond the recent ones, fifty of them', () => {
    const bad = Array.from({ length: 60 }, (): Told => ({ outcome: 'degraded' }));
    const executions = filled({ outcome: 'failed', code: 'upstream-timeout' }, ...bad, ...times(200, {}));
    expect(ids(executions, 'incomplete')).toEqual(Array.from({ length: 50 }, (_, index) => 61 - index));
  });

  it('keeps what asked for it', () => {
    const executions = filled({ isAsked: true }, ...times(200, {}));
    expect(ids(executions, 'asked')).toEqual([1]);
    expect(ids(executions)).toContain(1);
  });

  it('keeps the slowest of each page', () => {
    const slow = [70, 90, 80, 60, 50, 40, 30, 20, 15].map((durationMs): Told => ({ page: 'HomePage', durationMs }));
    const executions = filled(...slow, ...times(150, {}), { page: 'SearchPage', durationMs: 5 });
    const home = executions.all('slowest').filter(({ trace }) => trace.plan.name === 'HomePage');
    expect(home.map(summaryOf).map(({ durationMs }) => durationMs)).toEqual([20, 30, 40, 50, 60, 80, 90, 70]);
    expect(executions.all('slowest').some(({ trace }) => trace.plan.name === 'SearchPage')).toBe(true);
  });

  it('forgets what was slow a quarter of an hour ago', () => {
    const executions = filled({ durationMs: 5_000, endedAt: 10_000 }, { durationMs: 10, endedAt: 910_001 });
    expect(ids(executions, 'slowest')).toEqual([2]);
  });

  it('does not count a client that left among the slow', () => {
    expect(ids(filled({ outcome: 'departed', durationMs: 9_000 }), 'slowest')).toEqual([]);
  });

  it('takes a page that was not reached for one that was left', () => {
    expect(filled({ outcome: undefined }).all().map(summaryOf)).toMatchObject([{ outcome: 'departed' }]);
  });

  it('ignores requests that were for no page', () => {
    const executions = new Executions(new ManualClock());
    executions.finished({ ...finishedRequest(), context: new RequestContext('r', 0) });
    expect(executions.all()).toEqual([]);
  });

  it('holds nothing of a request but its ids: no principal, no credentials, no way to end it', () => {
    const request = finishedRequest({ requestId: 'abc' });
    request.context.principal = { issuer: 'https://login', subject: 'anna', claims: { email: 'anna@example' } };
    request.context.onDeparture = () => {};
    const executions = new Executions(new ManualClock());
    executions.finished(request);
    const reached = reachableFrom(executions);
    expect(reached.has(request.context.trace!)).toBe(true);
    for (const kept of [request.context, request.context.principal, request.request, request.response])
      expect(reached.has(kept)).toBe(false);
  });

  it('keeps a bounded part of an execution that made any number of calls, and leaves the trace of others alone', () => {
    const request = finishedRequest();
    const { calls } = request.context.trace!.sections[0]!;
    for (let n = 0; n < 1_000; n++) calls.push(new CallTrace('catalog', 'GET', '/films/:id', 0));
    const executions = new Executions(new ManualClock());
    executions.finished(request);
    const [kept] = executions.all();
    expect(kept!.trace.sections[0]!.calls).toHaveLength(32);
    expect(kept).toMatchObject({ omittedCalls: 968, trace: { outcome: 'complete', plan: planOf('FilmPage', 'film') } });
    expect(calls).toHaveLength(1_000);
  });

  it('tells whoever subscribed, until they do no more', () => {
    const executions = new Executions(new ManualClock());
    const told: number[] = [];
    const stop = executions.subscribe(({ id }) => told.push(id));
    executions.finished(finishedRequest());
    stop();
    executions.finished(finishedRequest());
    expect(told).toEqual([1]);
  });
});

function reachableFrom(root: object): Set<unknown> {
  const seen = new Set<unknown>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    const members = value instanceof Map || value instanceof Set ? [...value.values()] : Object.values(value);
    members.forEach(visit);
  };
  visit(root);
  return seen;
}
