import { once } from 'node:events';
import { connect } from 'node:net';
import { InjectedFaults } from './faults.js';
import type { ServiceDefinition } from './route.js';
import { type RunningService, serve } from './server.js';

const counter: ServiceDefinition = {
  name: 'counter',
  routes: [
    { method: 'GET', pattern: '/numbers/:n', handle: ({ params }) => ({ n: Number(params['n']) }) },
    { method: 'POST', pattern: '/numbers', handle: ({ body }) => body },
    {
      method: 'GET',
      pattern: '/bug',
      handle: () => {
        throw new TypeError('oops');
      },
    },
  ],
};

let service: RunningService;
let origin: string;

const put = (fault: object) => fetch(`${origin}/_faults`, { method: 'PUT', body: JSON.stringify(fault) });
const json = async (path: string) => (await (await fetch(origin + path)).json()) as Record<string, unknown>;

describe('a service', () => {
  beforeAll(async () => {
    service = await serve(counter);
    origin = `http://127.0.0.1:${service.port}`;
  });
  afterAll(() => service.stop());

  it('answers its routes as JSON', async () => {
    const response = await fetch(`${origin}/numbers/7`);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ n: 7 });
  });

  it('says that it lives', async () => {
    expect(await json('/health/live')).toEqual({ status: 'up', service: 'counter' });
  });

  it('answers an unknown path with a problem', async () => {
    const response = await fetch(`${origin}/elsewhere`);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 404, code: 'no-such-path', instance: '/elsewhere' });
  });

  it('refuses a body that is not JSON, or too long', async () => {
    const post = (body: string) => fetch(`${origin}/numbers`, { method: 'POST', body });
    expect((await post('{')).status).toBe(400);
    expect((await post(`"${'x'.repeat(70_000)}"`)).status).toBe(413);
    expect(await (await post('[1]')).json()).toEqual([1]);
  });

  it('answers 500 for a bug, without telling of it, and logs it', async () => {
    const log = jest.spyOn(console, 'error').mockImplementation(() => {});
    const response = await fetch(`${origin}/bug`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('oops');
    expect(log).toHaveBeenCalledWith(expect.any(TypeError));
    log.mockRestore();
  });

  it('takes no faults unless it was started for them', async () => {
    expect((await put({ status: 503 })).status).toBe(404);
    const response = await fetch(`${origin}/numbers/1`, { headers: { 'X-Fault': 'status=503' } });
    expect(response.status).toBe(200);
  });
});

describe('a service with faults', () => {
  beforeAll(async () => {
    service = await serve(counter, '127.0.0.1', 0, new InjectedFaults());
    origin = `http://127.0.0.1:${service.port}`;
  });
  afterEach(() => fetch(`${origin}/_faults`, { method: 'DELETE' }));
  afterAll(() => service.stop());

  it('answers with a status, all requests until told otherwise', async () => {
    await put({ status: 503 });
    expect((await fetch(`${origin}/numbers/1`)).status).toBe(503);
    expect((await fetch(`${origin}/health/live`)).status).toBe(200);
    await fetch(`${origin}/_faults`, { method: 'DELETE' });
    expect((await fetch(`${origin}/numbers/1`)).status).toBe(200);
  });

  it('strikes one request by its header, and only so many by their number', async () => {
    const response = await fetch(`${origin}/numbers/1`, { headers: { 'X-Fault': 'delayMs=1; status=418' } });
    expect(response.status).toBe(418);
    await put({ status: 500, times: 1 });
    expect((await fetch(`${origin}/numbers/1`)).status).toBe(500);
    expect((await fetch(`${origin}/numbers/1`)).status).toBe(200);
  });

  it('waits', async () => {
    await put({ delayMs: 50 });
    const start = performance.now();
    await json('/numbers/1');
    expect(performance.now() - start).toBeGreaterThanOrEqual(49);
  });

  it('resets the connection, which is no caller leaving', async () => {
    await put({ reset: true });
    await expect(fetch(`${origin}/numbers/1`)).rejects.toThrow('fetch failed');
    expect(await json('/_faults/aborted')).toEqual({ aborted: 0 });
  });

  it('cuts the JSON in half', async () => {
    await put({ malformed: true });
    const response = await fetch(`${origin}/numbers/1`);
    expect(response.status).toBe(200);
    await expect(response.json()).rejects.toThrow('JSON');
  });

  it('drips the whole body', async () => {
    await put({ dripMs: 2 });
    expect(await json('/numbers/1')).toEqual({ n: 1 });
  });

  it('counts the callers that left', async () => {
    await put({ delayMs: 60_000 });
    const leaving = new AbortController();
    const call = fetch(`${origin}/numbers/1`, { signal: leaving.signal });
    while (((await json('/_faults/requests'))['requests'] as unknown[]).length === 0) await new Promise(setImmediate);
    leaving.abort();
    await expect(call).rejects.toThrow('aborted');
    while ((await json('/_faults/aborted'))['aborted'] === 0) await new Promise(setImmediate);
    expect(await json('/_faults/aborted')).toEqual({ aborted: 1 });
  });

  it('remembers what arrived, as it arrived', async () => {
    const socket = connect(service.port, '127.0.0.1');
    socket.end('GET /numbers/%2e%2e%2f?x=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n').resume();
    await once(socket, 'close');
    expect(await json('/_faults/requests')).toMatchObject({
      requests: [{ method: 'GET', url: '/numbers/%2e%2e%2f?x=1', headers: { host: 'a' } }],
    });
  });

  it('refuses a fault it does not know', async () => {
    expect((await put({ explode: true })).status).toBe(400);
    expect((await put({ delayMs: 'soon' })).status).toBe(400);
  });
});

describe('stopping', () => {
  it('lets a request under way finish and takes no more', async () => {
    const stopping = await serve(counter, '127.0.0.1', 0, new InjectedFaults());
    const url = `http://127.0.0.1:${stopping.port}/numbers/1`;
    const call = fetch(url, { headers: { 'X-Fault': 'delayMs=100' } });
    const requests = async () =>
      ((await (await fetch(new URL('/_faults/requests', url))).json()) as { requests: unknown[] }).requests;
    while ((await requests()).length === 0) await new Promise(setImmediate);
    const stopped = stopping.stop();
    expect((await call).status).toBe(200);
    await stopped;
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});
