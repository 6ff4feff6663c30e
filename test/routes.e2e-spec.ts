/** Pass-through routes of built apps. `STREAM_MB` (256): how long the bodies are that stream through; 1024 is the full form. */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { type Bff, startBff } from './support/bff.js';
import { builtFixture } from './support/built-fixture.js';
import { request, sendRaw } from './support/http.js';
import { measured } from './support/measured.js';
import { Program } from './support/program.js';
import { until } from './support/until.js';
import { type AllServices, heal, requestsOf, scratchFolder, startAllServices } from './support/services.js';

const streamMb = Number(process.env['STREAM_MB'] ?? 256);
const bytes = streamMb * 2 ** 20;
/** What streaming may add to what the process held before, whatever the length: pieces that are not yet collected. */
const MAX_GROWTH_MB = 80;
/** What it may hold at its peak; asserted in the full form, which has time to come to it. */
const MAX_PEAK_MB = 200;

jest.setTimeout(60_000 + streamMb * 200);

describe('an app of routes', () => {
  let files: Server;
  let sockets: WebSocketServer;
  let app: Program;
  let url: string;
  /** Resolves with the next exchange of the upstream `files`. */
  let asked: (exchange: { request: IncomingMessage; response: ServerResponse }) => void;

  const nextAsked = (): Promise<{ request: IncomingMessage; response: ServerResponse }> =>
    new Promise(resolve => (asked = resolve));

  beforeAll(async () => {
    files = createServer((incoming, response) => asked({ request: incoming, response }));
    sockets = new WebSocketServer({ server: files, path: '/socket' });
    sockets.on('connection', socket =>
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
    );
    await once(files.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(() => {
    files.closeAllConnections();
    for (const socket of sockets.clients) socket.terminate();
    files.close();
  });

  beforeEach(async () => {
    const upstreamsFile = join(scratchFolder(), 'upstreams.json');
    writeFileSync(upstreamsFile, JSON.stringify({ files: [`127.0.0.1:${(files.address() as AddressInfo).port}`] }));
    app = new Program('routes', builtFixture('routes-app'), {
      env: {
        // As it is deployed: without the inspector, which keeps what it saw.
        NODE_ENV: 'production',
        ALLOWED_HOSTS: '127.0.0.1',
        DISCOVERY_ALLOW_LOOPBACK: 'true',
        DISCOVERY: 'static',
        UPSTREAMS_FILE: upstreamsFile,
        PORT: '0',
        MANAGEMENT_PORT: '0',
      },
    });
    url = `http://127.0.0.1:${(await app.message<{ type: 'listening'; port: number }>('listening')).port}`;
  });
  afterEach(() => app.end());

  async function open(path: string, options: { method?: string; body?: Readable } = {}): Promise<IncomingMessage> {
    const sent = httpRequest(`${url}${path}`, { agent: false, method: options.method ?? 'GET' });
    const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
    if (options.body) options.body.pipe(sent);
    else sent.end();
    return (await answered)[0];
  }

  it(`streams ${streamMb} MB down and up, and holds little of it`, async () => {
    const beforeMb = residentMb(app.pid, 'VmRSS');
    measured('resident set before', Math.round(beforeMb), 'MB');
    const down = nextAsked();
    const answer = open('/api/download');
    const { response } = await down;
    response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': bytes });
    const [received] = await Promise.all([answer.then(count), pipeline(pieces(bytes), response)]);
    expect(received).toBe(bytes);

    const up = nextAsked();
    const uploaded = open('/api/upload', { method: 'POST', body: pieces(bytes) });
    const taken = await up;
    taken.response.end(String(await count(taken.request)));
    expect(await text(await uploaded)).toBe(String(bytes));

    const peakMb = residentMb(app.pid, 'VmHWM');
    measured('peak of the resident set', Math.round(peakMb), 'MB');
    expect(peakMb - beforeMb).toBeLessThan(MAX_GROWTH_MB);
    if (streamMb >= 1_024) expect(peakMb).toBeLessThan(MAX_PEAK_MB);
  });

  it('does not take more of an upstream than its client takes', async () => {
    const down = nextAsked();
    const answer = open('/api/download');
    const { response } = await down;
    const closed = once(response, 'close');
    const source = pieces(bytes);
    let taken = 0;
    source.on('data', (piece: Buffer) => (taken += piece.length));
    source.pipe(response);
    // It is read no further than the buffers on the way reach: then nothing moves any more.
    const unread = await answer;
    let before = -1;
    const isHeldBack = (): boolean => {
      const stands = taken === before;
      before = taken;
      return stands && response.writableNeedDrain;
    };
    await until('the upstream is held back', isHeldBack, { everyMs: 250 });
    expect(taken).toBeLessThan(bytes / 2);
    unread.destroy();
    await closed;
    expect(response.writableFinished).toBe(false);
  });

  it('hands on events one by one, and ends them and WebSockets in order when it is told to end', async () => {
    const exchange = nextAsked();
    const answer = open('/api/events');
    const { response } = await exchange;
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write('data: 1\n\n');
    const events = (await answer).setEncoding('utf8');
    expect((await once(events, 'data'))[0]).toBe('data: 1\n\n');
    response.write('data: 2\n\n');
    expect((await once(events, 'data'))[0]).toBe('data: 2\n\n');

    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/socket`);
    await once(socket, 'open');
    socket.send('hello');
    expect(String((await once(socket, 'message'))[0])).toBe('hello');

    const over = Promise.all([once(events.resume(), 'end'), once(socket, 'close'), once(response, 'close')]);
    expect(await app.end('SIGTERM')).toMatchObject({ code: 0 });
    await over;
    expect(events.complete).toBe(true);
  });

  it('tells either side when the other leaves', async () => {
    const first = nextAsked();
    const left = open('/api/download');
    const { response } = await first;
    response.write('half');
    (await left).destroy();
    await once(response, 'close');
    expect(response.writableFinished).toBe(false);

    const second = nextAsked();
    const cut = open('/api/download');
    const other = (await second).response;
    other.writeHead(200, { 'Content-Length': 8 });
    other.write('half');
    const answer = await cut;
    other.destroy();
    await expect(count(answer)).rejects.toThrow('aborted');
  });
});

describe('the web BFF', () => {
  let services: AllServices;
  let web: Bff;

  beforeAll(async () => {
    services = await startAllServices();
    web = await startBff('web', { DISCOVERY: 'static', UPSTREAMS_FILE: services.upstreamsFile });
  });
  beforeEach(() => heal(services.byName.catalog));

  it('hands a film through as its catalog has it, and says so', async () => {
    const { host, port } = services.byName.catalog;
    const { status, headers, body } = await request(`${web.url}/api/films/1`);
    expect(status).toBe(200);
    expect(body).toBe((await request(`http://${host}:${port}/films/1`)).body);
    expect(headers['content-type']).toBe('application/json');
    expect((await requestsOf(services.byName.catalog))[0]).toMatchObject({
      url: '/films/1',
      headers: { via: '1.1 web' },
    });
    const documented = (await request(`${web.url}/openapi.json`)).json() as { paths: object };
    expect(Object.keys(documented.paths)).toEqual(expect.arrayContaining(['/api/films/{id}', '/api/search']));
  });

  it('hands on nothing of the query that is not declared', async () => {
    expect((await request(`${web.url}/api/search?query=star&page=2&secret=1`)).status).toBe(200);
    expect((await requestsOf(services.byName.catalog)).map(one => one.url)).toEqual(['/search?query=star&page=2']);
  });

  it.each([
    ['GET', '/api/lists'],
    ['GET', '/api/films'],
    ['GET', '/api/films/'],
    ['GET', '/api/films/0'],
    ['GET', '/api/films/1/'],
    ['GET', '/api/films/1/..'],
    ['GET', '/api/films/../lists'],
    ['GET', '/api/films/..%2flists'],
    ['GET', '/api/films/%2e%2e'],
    ['GET', '/api/films/1%3f'],
    ['GET', '/api//films/1'],
    ['GET', '/api/_faults/requests'],
    ['GET', '/films/1'],
    ['DELETE', '/api/films/1'],
    ['PUT', '/api/_faults'],
  ])('reaches nothing that is not declared: %s %s', async (method, path) => {
    const answer = await sendRaw(
      web.port,
      `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (400|404|405) /);
    expect(await requestsOf(services.byName.catalog)).toEqual([]);
  });
});

function pieces(total: number): Readable {
  const piece = Buffer.alloc(65_536, 'x');
  let left = total;
  return new Readable({
    read() {
      if (left === 0) this.push(null);
      else {
        const next = piece.subarray(0, Math.min(left, piece.length));
        left -= next.length;
        this.push(next);
      }
    },
  });
}

async function count(body: AsyncIterable<Buffer>): Promise<number> {
  let total = 0;
  for await (const chunk of body) total += chunk.length;
  return total;
}

async function text(body: AsyncIterable<Buffer>): Promise<string> {
  let whole = '';
  for await (const chunk of body) whole += String(chunk);
  return whole;
}

/** @returns what a process holds now (`VmRSS`), or the most it ever held (`VmHWM`), as the system counts it */
function residentMb(pid: number, which: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${which}:\\s+(\\d+) kB`, 'm').exec(status)![1]) / 1024;
}
