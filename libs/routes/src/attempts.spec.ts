import type { ExchangeTrace, RequestContext } from 'guichet/kernel';
import { type FinishedRequest, RequestListeners, RequestMarks } from 'guichet/observability';
import { RawPlace } from '../test/raw-place.js';
import { type Place, rawClient, type RouteRig, routeRig } from '../test/route-rig.js';
import type { RouteOptions } from './declaration/route.options.js';

/** What is written down of the attempts of an exchange, for whom, and what their upstream hears of it. */

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const UNWELL = 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 6\r\n\r\nunwell';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

interface TracedRig extends RouteRig {
  /** Asks; the rest is heard. */
  ask(): ReturnType<typeof rawClient>;
  /** Resolves with the next request that is over. */
  over(): Promise<RequestContext>;
}

async function placeOf(): Promise<RawPlace> {
  const place = await new RawPlace().start();
  open.push(place);
  return place;
}

/** @param flags  of the client's trace; `01` is sampled */
async function rigOf(
  places: readonly Place[],
  route: Partial<RouteOptions> = {},
  flags: '00' | '01' = '01',
): Promise<TracedRig> {
  let tell: (context: RequestContext) => void = () => {};
  const listener = { needsTraces: false, finished: ({ context }: FinishedRequest) => tell(context) };
  const marks = new RequestMarks(({ traceparent }) => traceparent.endsWith('-01'), undefined);
  const rig = await routeRig([{ path: '/api/films/:id', to: '/v1/films/:id', ...route }], places, {
    listeners: new RequestListeners([listener], marks),
    upstream: { retryBudgetMin: 100 },
  });
  open.push(rig);
  const ask = (): ReturnType<typeof rawClient> => {
    const client = rawClient(rig.port);
    open.push({ close: async () => void client.socket.destroy() });
    return client.send(
      `GET /api/films/7?token=planted HTTP/1.1\r\nHost: a\r\nTraceparent: 00-${TRACE}-${PARENT}-${flags}\r\n\r\n`,
    );
  };
  return { ...rig, ask, over: () => new Promise(resolve => (tell = resolve)) };
}

/** @returns the one call of an exchange */
function callOf(exchange: ExchangeTrace | undefined): ExchangeTrace['calls'][number] {
  expect(exchange?.calls).toHaveLength(1);
  return exchange!.calls[0]!;
}

/** An exchange that its upstream has heard of and not answered. */
async function underWay(route: Partial<RouteOptions> = {}) {
  const place = await placeOf();
  const rig = await rigOf([place], route);
  const over = rig.over();
  const client = rig.ask();
  return { over, client, upstream: await place.next() };
}

/** One of two refuses, the other answers. @returns what each of them was asked, and the exchange's context */
async function refusedOnce(rig: TracedRig, places: readonly [RawPlace, RawPlace]) {
  const over = rig.over();
  const client = rig.ask();
  const [one, other] = places;
  const first = await Promise.race([
    one.next().then(peer => ({ peer, place: one, rest: other })),
    other.next().then(peer => ({ peer, place: other, rest: one })),
  ]);
  await first.peer.until(/\r\n\r\n/);
  first.peer.send(UNWELL);
  const second = await first.rest.asked(/x-previous-attempts: 1/);
  second.send(OK);
  await client.until(/ok$/);
  client.socket.end();
  const context = await over;
  const heard = [first.peer, second].map(({ text }) => /traceparent: (.*)\r\n/.exec(text)![1]!);
  return { context, heard, addresses: [first.place, first.rest].map(({ port }) => `127.0.0.1:${port}`) };
}

describe('the attempts of an exchange', () => {
  it('are written down where its trace is recorded, and each upstream hears of its own', async () => {
    const places = [await placeOf(), await placeOf()] as const;
    const { context, heard, addresses } = await refusedOnce(await rigOf(places), places);
    const call = callOf(context.exchange);
    expect(call).toMatchObject({ upstream: 'files', method: 'GET', template: '/v1/films/:id', outcome: 'succeeded' });
    expect(call.attempts).toMatchObject([
      { number: 1, kind: 'first', instance: addresses[0], outcome: 'failed', code: 'upstream-status', status: 503 },
      { number: 2, kind: 'retry', instance: addresses[1], outcome: 'succeeded', status: 200, bytes: 2 },
    ]);
    expect(heard).toEqual(call.attempts.map(({ spanId }) => `00-${TRACE}-${spanId}-01`));
    expect(new Set([...heard, context.traceparent]).size).toBe(3);
    expect(JSON.stringify(context.exchange)).not.toContain('planted');
  });

  it('are not where it is not and nobody listens, and the trace goes on as it came', async () => {
    const places = [await placeOf(), await placeOf()] as const;
    const { context, heard } = await refusedOnce(await rigOf(places, {}, '00'), places);
    expect(context.exchange).toBeUndefined();
    expect(heard).toEqual([`00-${TRACE}-${PARENT}-00`, `00-${TRACE}-${PARENT}-00`]);
  });

  it.each(['00', '01'] as const)(
    'are told to who listens, whether its trace is recorded or not: flags %s',
    async flags => {
      const places = [await placeOf(), await placeOf()] as const;
      const rig = await rigOf(places, {}, flags);
      const told: unknown[] = [];
      rig.registry.subscribe(({ call }) => told.push(JSON.stringify(call)));
      const { context, heard } = await refusedOnce(rig, places);
      // It is all known by then.
      expect(told).toEqual([JSON.stringify(callOf(context.exchange))]);
      expect(context.exchange!.calls[0]!.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'succeeded']);
      expect(new Set(heard).size).toBe(flags === '01' ? 2 : 1);
    },
  );

  it('say when the head was there, and end with the body', async () => {
    const { over, client, upstream } = await underWay();
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf');
    await client.until(/half$/);
    await moment();
    upstream.send('full');
    await client.until(/halffull$/);
    client.socket.end();
    const [attempt] = callOf((await over).exchange).attempts;
    expect(attempt).toMatchObject({ outcome: 'succeeded', bytes: 8 });
    expect(attempt!.headAt! - attempt!.startedAt).toBeGreaterThan(0);
    expect(attempt!.endedAt! - attempt!.headAt!).toBeGreaterThanOrEqual(MOMENT_MS - 1);
  });

  const EVENTS = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';

  it('go on with events to their end, though they count before', async () => {
    const { over, client, upstream } = await underWay({ events: true });
    upstream.send(`${EVENTS}9\r\ndata: 1\n\n\r\n`);
    await client.until(/data: 1/);
    await moment();
    upstream.send('9\r\ndata: 2\n\n\r\n0\r\n\r\n');
    await client.until(/data: 2/);
    client.socket.end();
    const { attempts, endedAt } = callOf((await over).exchange);
    const [attempt] = attempts;
    expect(attempt).toMatchObject({ outcome: 'succeeded', bytes: 18, endedAt });
    expect(attempt!.endedAt! - attempt!.headAt!).toBeGreaterThanOrEqual(MOMENT_MS - 1);
  });

  it('say what a body broke off with, also where they counted before', async () => {
    const { over, client, upstream } = await underWay({ events: true });
    upstream.send(`${EVENTS}9\r\ndata: 1\n\n\r\n`);
    await client.until(/data: 1/);
    upstream.socket.resetAndDestroy();
    await client.end();
    const broken = { outcome: 'failed', code: 'upstream-reset' };
    expect(callOf((await over).exchange)).toMatchObject({
      ...broken,
      attempts: [{ ...broken, status: 200, bytes: 9 }],
    });
  });

  it('end with the client that leaves', async () => {
    const { over, client, upstream } = await underWay();
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf');
    await client.until(/half$/);
    client.socket.destroy();
    const call = callOf((await over).exchange);
    expect(call).toMatchObject({ outcome: 'cancelled', attempts: [{ outcome: 'cancelled', status: 200, bytes: 4 }] });
    expect(call.endedAt).toBeDefined();
  });
});

const MOMENT_MS = 30;

/** Time in which a body waits for its rest: nothing happens that could be waited for. */
function moment(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, MOMENT_MS));
}
