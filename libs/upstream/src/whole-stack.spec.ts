import { type CallContext, systemClock } from 'guichet/kernel';
import { delayed, fakeUpstream, type FakeUpstream, hang, reply } from 'guichet/testing';
import { contextOf, started, upstreamRig, type UpstreamRig } from '../test/upstream-rig.js';
import type { CallOptions } from './call-options.js';
import { HttpUpstream } from './http-upstream.js';
import { Upstream } from './upstream.decorator.js';
import { UpstreamEvents } from './upstream-events.js';
import type { UpstreamOptions } from './upstream-options.js';

@Upstream('catalog')
class CatalogClient extends HttpUpstream {
  thing(options: CallOptions<unknown> = {}) {
    return this.get('/thing', options as { headers?: Record<string, string> });
  }
}

class Told extends UpstreamEvents {
  attempts = 0;
  hedges = 0;
  readonly states: string[] = [];
  attemptStarted(): void {
    this.attempts++;
  }
  attemptEnded(): void {}
  override hedged(): void {
    this.hedges++;
  }
  override breakerChanged(_upstream: string, state: string): void {
    this.states.push(state);
  }
}

describe('the whole stack, over sockets', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  async function serving(answer: () => unknown): Promise<FakeUpstream> {
    const fake = await fakeUpstream({ 'GET /thing': answer });
    open.push(fake);
    return fake;
  }

  async function calling(fakes: readonly FakeUpstream[], options: UpstreamOptions = {}) {
    const told = new Told();
    const rig: UpstreamRig = await upstreamRig([CatalogClient], {
      fakes: { catalog: fakes },
      defaults: options,
      events: told,
    });
    open.push(rig);
    const client = rig.app.get(CatalogClient);
    const call = (callOptions: CallOptions<unknown> = {}, context: CallContext = contextOf()) =>
      started(client.in(context).thing(callOptions));
    return { call, told };
  }

  it('makes one request of a thousand public calls that ask the same', async () => {
    const server = await serving(() => delayed(20, reply(200, { n: 1 })));
    const { call } = await calling([server]);
    const all = Array.from({ length: 1_000 }, () => call({ public: true }).outcome);
    const values = new Set(await Promise.all(all));
    expect([...values]).toEqual([{ n: 1 }]);
    expect(server.requests).toHaveLength(1);
  });

  it('lets a shared call go on without its first caller, and closes its socket with the last', async () => {
    const server = await serving(() => hang());
    const { call } = await calling([server]);
    const [first, second] = [call({}, contextOf(60)), call({}, contextOf(5_000))];
    await expect(first.outcome).rejects.toMatchObject({ code: 'deadline-exceeded' });
    const [request] = server.requests;
    const ended: string[] = [];
    void request!.closed.then(how => ended.push(how));
    await new Promise(setImmediate);
    expect([server.requests.length, ended]).toEqual([1, []]);
    second.handle.cancel();
    await expect(request!.closed).resolves.toBe('abandoned');
  });

  it('closes the socket of a call whose time is up', async () => {
    const server = await serving(() => hang());
    const { call } = await calling([server]);
    await expect(call({}, contextOf(60)).outcome).rejects.toMatchObject({ code: 'deadline-exceeded' });
    await expect(server.requests[0]!.closed).resolves.toBe('abandoned');
  });

  it('says of a further attempt that it is one, and of all that is called for one', async () => {
    const [one, other] = [await serving(() => reply(503)), await serving(() => reply(503))];
    const { call, told } = await calling([one, other]);
    const marks = (): unknown[] =>
      [...one.requests, ...other.requests].map(({ headers }) => headers['x-previous-attempts'] ?? 'none');
    await expect(call().outcome).rejects.toMatchObject({ code: 'upstream-status', status: 503 });
    expect([one.requests.length, other.requests.length]).toEqual([1, 1]);
    expect(new Set(marks())).toEqual(new Set(['1', 'none']));
    const repeated = contextOf();
    repeated.request.isRepetition = true;
    await expect(call({}, repeated).outcome).rejects.toMatchObject({ status: 503 });
    expect(marks().filter(mark => mark === '1')).toHaveLength(2);
    expect(told.attempts).toBe(3);
  });

  it('leaves an upstream alone that fails altogether', async () => {
    const server = await serving(() => reply(500));
    const { call, told } = await calling([server]);
    for (let i = 0; i < 20; i++) await expect(call().outcome).rejects.toMatchObject({ status: 500 });
    await expect(call().outcome).rejects.toMatchObject({
      code: 'circuit-open',
      retryAfterMs: expect.any(Number) as number,
    });
    expect(server.requests).toHaveLength(20);
    expect(told.states).toEqual(['open']);
  });

  it('gets a call that hangs at one instance from another, where hedging is on', async () => {
    const [one, other] = [await serving(() => ({ ok: true })), await serving(() => ({ ok: true }))];
    const { call, told } = await calling([one, other], { hedge: true, hedgeMaxRatio: 1, retryBudgetRatio: 1 });
    // The wait is worked out anew every 100 ms.
    const begunAt = systemClock.now();
    for (let i = 0; i < 150 || systemClock.now() < begunAt + 250; i++) await call().outcome;
    const before = told.hedges;
    let isFirst = true;
    // By a header: an attempt that lost before may arrive only now.
    const once = ({ headers }: { headers: Record<string, unknown> }): unknown =>
      headers['x-case'] === 'last' && isFirst ? ((isFirst = false), hang()) : { ok: 'hedged' };
    one.on('GET /thing', once);
    other.on('GET /thing', once);
    await expect(call({ headers: { 'x-case': 'last' } }).outcome).resolves.toEqual({ ok: 'hedged' });
    expect(told.hedges).toBe(before + 1);
    const [hung] = [...one.requests, ...other.requests].filter(({ headers }) => headers['x-previous-attempts']);
    expect(hung).toBeDefined();
  });
});
