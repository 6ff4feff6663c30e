import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { runInContext, UpstreamError } from 'guichet/kernel';
import {
  delayed,
  drip,
  endless,
  FakeAnswer,
  fakeUpstream,
  type FakeUpstream,
  hang,
  reply,
  replyRaw,
  reset,
  resetInBody,
} from 'guichet/testing';
import { contextOf, type RigOptions, started, upstreamRig, type UpstreamRig } from '../../test/upstream-rig.js';
import { HttpUpstream } from '../http-upstream.js';
import type { UpstreamCall } from '../upstream-call.js';
import { UpstreamRegistry } from '../upstream-registry.js';
import { Upstream } from '../upstream.decorator.js';

@Upstream('catalog')
class CatalogClient extends HttpUpstream {
  thing(timeoutMs?: number) {
    return this.get('/thing', timeoutMs === undefined ? {} : { timeoutMs });
  }
  place() {
    return this.post('/thing', { body: { n: 1 } });
  }
}

const clients: (UpstreamRig | FakeUpstream | { close(): Promise<void> })[] = [];

afterEach(async () => {
  for (const open of clients.splice(0).toReversed()) await open.close();
});

async function fake(answer: unknown = { ok: true }): Promise<FakeUpstream> {
  const server = await fakeUpstream({ 'GET /thing': () => answer, 'POST /thing': () => answer });
  clients.push(server);
  return server;
}

async function rigOf(fakes: readonly FakeUpstream[], options: RigOptions = {}) {
  const rig = await upstreamRig([CatalogClient], { fakes: { catalog: fakes }, ...options });
  clients.push(rig);
  return { rig, client: rig.app.get(CatalogClient) };
}

function go(make: () => UpstreamCall<unknown>, deadlineMs = 5_000) {
  return started(runInContext(contextOf(deadlineMs), make));
}

async function failureOf(make: () => UpstreamCall<unknown>, deadlineMs?: number): Promise<UpstreamError> {
  const error = await go(make, deadlineMs).outcome.then(
    value => Promise.reject(new Error(`answered ${JSON.stringify(value)}`)),
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(UpstreamError);
  return error as UpstreamError;
}

/** A port where nobody listens. */
async function deadPort(): Promise<FakeUpstream> {
  const server = await fakeUpstream();
  const instance = server.instance('catalog');
  await server.close();
  return Object.create(server, { instance: { value: () => instance } }) as FakeUpstream;
}

// The first exchange of a process compiles the parser: not to be measured.
beforeAll(async () => {
  const { client } = await rigOf([await fake()]);
  await go(() => client.thing()).outcome;
});

describe('time', () => {
  it.each([
    ['no answer', hang()],
    ['a dripping body', drip(5)],
    ['an answer that comes too late', delayed(2_000, reply(200, {}))],
  ])('ends %s with upstream-timeout after the attempt timeout, and closes the socket', async (_, answer) => {
    const server = await fake(answer);
    const { client } = await rigOf([server]);
    const startedAt = performance.now();
    const error = await failureOf(() => client.thing(80));
    expect(error).toMatchObject({ code: 'upstream-timeout', instance: `127.0.0.1:${server.port}` });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(75);
    await expect(server.requests[0]!.closed).resolves.toBe('abandoned');
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('ends with deadline-exceeded when the deadline comes first', async () => {
    const server = await fake(hang());
    const { client } = await rigOf([server]);
    expect(await failureOf(() => client.thing(4_000), 60)).toMatchObject({ code: 'deadline-exceeded' });
    await expect(server.requests[0]!.closed).resolves.toBe('abandoned');
  });

  it('sends nothing once the deadline is over', async () => {
    const server = await fake();
    const { client } = await rigOf([server]);
    expect(await failureOf(() => client.thing(), -1)).toMatchObject({ code: 'deadline-exceeded' });
    expect(server.connectionCount).toBe(0);
  });

  it('bounds the wait for a connection too, and what waited in vain is never sent', async () => {
    const server = await fake(hang());
    const { client } = await rigOf([server], { defaults: { maxConnections: 1 } });
    const first = go(() => client.thing(5_000));
    await server.received(1);
    expect(await failureOf(() => client.thing(50))).toMatchObject({ code: 'upstream-timeout' });
    server.on('GET /thing', () => ({ ok: 'after' }));
    first.handle.cancel();
    await expect(go(() => client.thing()).outcome).resolves.toEqual({ ok: 'after' });
    expect(server.requests).toHaveLength(2);
  });
});

describe('silence', () => {
  it('before the answer ends the call after headersTimeoutMs, and closes the socket', async () => {
    const server = await fake(hang());
    const { client } = await rigOf([server], { defaults: { headersTimeoutMs: 60, maxRetries: 0 } });
    const error = await failureOf(() => client.thing(10_000), 20_000);
    expect(error).toMatchObject({ code: 'upstream-timeout', instance: `127.0.0.1:${server.port}` });
    expect(error.message).toMatch(/no head of an answer within 60 ms/);
    await expect(server.requests[0]!.closed).resolves.toBe('abandoned');
  });

  it('within the body ends the call after bodyTimeoutMs', async () => {
    const head = new FakeAnswer(response => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{');
    });
    const server = await fake(head);
    const options = { headersTimeoutMs: 10_000, bodyTimeoutMs: 60, maxRetries: 0 };
    const { client } = await rigOf([server], { defaults: options });
    const error = await failureOf(() => client.thing(10_000), 20_000);
    expect(error).toMatchObject({ code: 'upstream-timeout', status: 200 });
    expect(error.message).toMatch(/nothing more of the body within 60 ms/);
    await expect(server.requests[0]!.closed).resolves.toBe('abandoned');
  });

  it('does not count while there is something to hear, nor once the answer is there', async () => {
    const slow = new FakeAnswer(async response => {
      response.writeHead(200, { 'content-type': 'application/json' });
      for (const part of ['[', '1,', '2,', '3', ']']) {
        response.write(part);
        await new Promise(resolve => setTimeout(resolve, 80));
      }
      response.end();
    });
    const server = await fake(slow);
    const options = { headersTimeoutMs: 350, bodyTimeoutMs: 350, maxRetries: 0 };
    const { client } = await rigOf([server], { defaults: options });
    await expect(go(() => client.thing(20_000), 30_000).outcome).resolves.toEqual([1, 2, 3]);
  });
});

describe('cancel', () => {
  it.each([
    ['while it waits for the answer', hang()],
    ['within the body', drip(5)],
  ])('closes the socket within 100 ms %s', async (_, answer) => {
    const server = await fake(answer);
    const { client } = await rigOf([server]);
    const call = go(() => client.thing());
    const request = await server.received(1);
    const cancelledAt = performance.now();
    call.handle.cancel();
    await expect(request.closed).resolves.toBe('abandoned');
    expect(performance.now() - cancelledAt).toBeLessThan(100);
  });

  it('is what unsubscribing does', async () => {
    const server = await fake(hang());
    const { client } = await rigOf([server]);
    const subscription = runInContext(contextOf(), () => client.thing()).subscribe();
    const request = await server.received(1);
    subscription.unsubscribe();
    await expect(request.closed).resolves.toBe('abandoned');
  });

  it('leaves nothing counted at the instance', async () => {
    const server = await fake(hang());
    const { rig, client } = await rigOf([server]);
    const [endpoint] = rig.app.get(UpstreamRegistry).upstream('catalog').endpoints.list;
    const call = go(() => client.thing());
    expect(endpoint!.outstanding).toBe(1);
    await server.received(1);
    call.handle.cancel();
    expect([endpoint!.outstanding, endpoint!.queued]).toEqual([0, 0]);
  });
});

describe('retry', () => {
  it.each([
    ['refuses the connection', deadPort],
    ['resets before it answers', () => fake(reset())],
  ])('takes the other instance exactly once when one %s', async (_, broken) => {
    const bad = await broken();
    const good = await fake();
    const { client } = await rigOf([bad, good], { defaults: { retryBudgetMin: 100 } });
    for (let i = 0; i < 20; i++) await expect(go(() => client.thing()).outcome).resolves.toEqual({ ok: true });
    expect(good.requests).toHaveLength(20);
  });

  it('gives up after the second', async () => {
    const [a, b, c] = [await fake(reset()), await fake(reset()), await fake(reset())];
    const { client } = await rigOf([a, b, c]);
    expect(await failureOf(() => client.thing())).toMatchObject({ code: 'upstream-reset' });
    expect(a.requests.length + b.requests.length + c.requests.length).toBe(2);
    expect(Math.max(a.requests.length, b.requests.length, c.requests.length)).toBe(1);
  });

  it('never repeats a POST', async () => {
    const [a, b] = [await fake(reset()), await fake(reset())];
    const { client } = await rigOf([a, b]);
    for (let i = 0; i < 5; i++) expect(await failureOf(() => client.place())).toMatchObject({ code: 'upstream-reset' });
    expect(a.requests.length + b.requests.length).toBe(5);
  });

  it('never repeats what was reset within its answer', async () => {
    const [a, b] = [await fake(resetInBody()), await fake(resetInBody())];
    const { client } = await rigOf([a, b]);
    expect(await failureOf(() => client.thing())).toMatchObject({ code: 'upstream-reset' });
    expect(a.requests.length + b.requests.length).toBe(1);
  });
});

describe('size', () => {
  it.each([
    ['an endless body', endless()],
    ['a body that announces its size', replyRaw('x'.repeat(100_000), { 'content-length': '100000' })],
  ])('cuts %s off with upstream-too-large', async (_, answer) => {
    const server = await fake(answer);
    const { client } = await rigOf([server], { defaults: { maxBytes: 50_000 } });
    expect(await failureOf(() => client.thing())).toMatchObject({ code: 'upstream-too-large', status: 200 });
    await server.requests[0]!.closed;
  });

  it('collects a body of many chunks up to the cap', async () => {
    const text = JSON.stringify({ text: 'ü'.repeat(200_000) });
    const server = await fake(replyRaw(text));
    const { client } = await rigOf([server], { defaults: { maxBytes: Buffer.byteLength(text) } });
    await expect(go(() => client.thing()).outcome).resolves.toEqual(JSON.parse(text));
  });

  it('lets a status stand that comes with too long a body', async () => {
    const server = await fake(reply(404, 'x'.repeat(1_000)));
    const { client } = await rigOf([server], { defaults: { maxBytes: 100 } });
    expect(await failureOf(() => client.thing())).toMatchObject({ code: 'upstream-status', status: 404 });
  });

  it('refuses a header section over its cap', async () => {
    const server = await fake(reply(200, {}, { 'x-long': 'x'.repeat(4_000) }));
    const { client } = await rigOf([server], { defaults: { maxHeaderBytes: 1_024 } });
    expect(await failureOf(() => client.thing())).toMatchObject({ code: 'upstream-malformed' });
  });

  it('refuses a call when too many wait for a connection', async () => {
    const server = await fake(hang());
    const { client } = await rigOf([server], { defaults: { maxConnections: 1, singleflight: false } });
    const waiting = [go(() => client.thing()), go(() => client.thing())];
    expect(await failureOf(() => client.thing())).toMatchObject({ code: 'bulkhead-full' });
    for (const { handle } of waiting) handle.cancel();
  });
});

describe('instances', () => {
  it('fails at once without one', async () => {
    const { client } = await rigOf([]);
    expect(await failureOf(() => client.thing())).toMatchObject({ code: 'no-instances' });
  });

  it('finishes what is under way at one that is removed, and sends nothing more there', async () => {
    const old = await fake(delayed(60, reply(200, { from: 'old' })));
    const young = await fake({ from: 'young' });
    const { rig, client } = await rigOf([old], { defaults: { singleflight: false } });
    const early = go(() => client.thing());
    await old.received(1);
    rig.source.set('catalog', young.instance('catalog'));
    await expect(go(() => client.thing()).outcome).resolves.toEqual({ from: 'young' });
    await expect(early.outcome).resolves.toEqual({ from: 'old' });
    expect(old.requests).toHaveLength(1);
  });

  it('keeps the connections of one that stays', async () => {
    const server = await fake();
    const { rig, client } = await rigOf([server], { defaults: { connectionRestMs: 0 } });
    await go(() => client.thing()).outcome;
    rig.source.set('catalog', server.instance('catalog', { weight: 7 }));
    const [endpoint] = rig.app.get(UpstreamRegistry).upstream('catalog').endpoints.list;
    expect(endpoint!.weight).toBe(7);
    // The connection is free again one turn of the event loop after its answer.
    await new Promise(setImmediate);
    await go(() => client.thing()).outcome;
    expect(server.connectionCount).toBe(1);
  });

  it('leaves out one whose address is none', async () => {
    const server = await fake();
    const { client } = await rigOf([server]);
    const { rig } = { rig: clients.at(-1) as UpstreamRig };
    rig.source.set('catalog', server.instance('catalog', { id: 'bad', host: 'a b/c' }), server.instance('catalog'));
    for (let i = 0; i < 5; i++) await expect(go(() => client.thing()).outcome).resolves.toEqual({ ok: true });
  });

  it('closes its connections when the app ends, not before', async () => {
    const server = await fake();
    const rig = await upstreamRig([CatalogClient], { fakes: { catalog: [server] } });
    const client = rig.app.get(CatalogClient);
    await go(() => client.thing()).outcome;
    await rig.close();
    expect(await failureOf(() => client.thing())).toMatchObject({ code: 'no-instances' });
  });
});

describe('the wire', () => {
  async function rawServer(onRequest: (socket: Socket, n: number) => void): Promise<FakeUpstream> {
    let n = 0;
    const server: Server = createServer(socket => {
      socket.on('error', () => {});
      socket.on('data', () => onRequest(socket, ++n));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const instance = { id: 'raw', service: 'catalog', host: '127.0.0.1', port, weight: 1, tags: [], meta: {} };
    clients.push({ close: async () => void server.close() });
    return { instance: () => instance } as unknown as FakeUpstream;
  }
  const answer = (body: string): string =>
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

  it('gives an answer that nobody asked for to nobody', async () => {
    const server = await rawServer((socket, n) => socket.write(answer(`{"n":${n}}`) + answer('{"n":"stray"}')));
    const { client } = await rigOf([server]);
    await expect(go(() => client.thing()).outcome).resolves.toEqual({ n: 1 });
    await expect(go(() => client.thing()).outcome).resolves.toEqual({ n: 2 });
  });

  it('waits for the answer after an early hint', async () => {
    const hint = 'HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n';
    const server = await rawServer(socket => socket.write(hint + answer('{"n":1}')));
    const { client } = await rigOf([server]);
    await expect(go(() => client.thing()).outcome).resolves.toEqual({ n: 1 });
  });

  it.each([
    ['no HTTP at all', 'SMTP ready\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}'],
    ['a bad chunk', 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
  ])('calls %s malformed', async (_, text) => {
    const server = await rawServer(socket => socket.write(text));
    const { client } = await rigOf([server]);
    expect(await failureOf(() => client.thing())).toMatchObject({ code: 'upstream-malformed' });
  });

  it.each([
    ['cut off', 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{}'],
    ['an upgrade', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
  ])('fails on an answer that is %s', async (_, text) => {
    const server = await rawServer(socket => socket.end(text));
    const { client } = await rigOf([server]);
    expect(['upstream-reset', 'upstream-malformed']).toContain((await failureOf(() => client.thing())).code);
  });
});
