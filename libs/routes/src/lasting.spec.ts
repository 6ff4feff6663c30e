import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Post,
  UnauthorizedException,
} from '@nestjs/common';
import { type AnyRequest, contextOf } from 'guichet/observability';
import { WebSocket, WebSocketServer } from 'ws';
import { type Peer, RawPlace } from '../test/raw-place.js';
import { HttpPlace, rawClient, type RouteRig, routeRig, type RouteRigOptions } from '../test/route-rig.js';
import type { RouteOptions } from './declaration/route.options.js';

/** What may last: events and WebSockets, from the guards to the drain. */

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function rigOf(
  place: { port: number },
  route: Partial<RouteOptions>,
  options: RouteRigOptions = {},
): Promise<RouteRig> {
  const rig = await routeRig([{ path: '/api/live', ...route }], [place], options);
  open.push(rig);
  return rig;
}

function clientOf(rig: RouteRig): Peer {
  const client = rawClient(rig.port);
  open.push({ close: async () => void client.socket.destroy() });
  return client;
}

describe('events', () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';
  const GET = 'GET /api/live HTTP/1.1\r\nHost: a\r\nLast-Event-ID: 7\r\n\r\n';

  it('come one by one, hold no load of their instance, and end with the client', async () => {
    const place = await new RawPlace().start();
    open.push(place);
    const rig = await rigOf(place, { events: true });
    const client = clientOf(rig).send(GET);
    const upstream = await place.next();
    expect(await upstream.until(/\r\n\r\n/)).toMatch(/last-event-id: 7/);
    upstream.send(head);
    await client.until(/\r\n\r\n$/);
    upstream.send('9\r\ndata: 1\n\n\r\n');
    await client.until(/9\r\ndata: 1\n\n\r\n$/);
    const metrics = await rig.metrics.text();
    expect(metrics).toMatch(/guichet_route_in_flight{route="GET \/api\/live",kind="lasting"} 1/);
    expect(metrics).toMatch(/guichet_upstream_attempts_in_flight{[^}]*} 0/);
    client.socket.destroy();
    await upstream.end();
    expect(await rig.metrics.text()).toMatch(/kind="lasting"} 0/);
  });

  it('end in order when the app drains', async () => {
    const place = await new RawPlace().start();
    open.push(place);
    const rig = await routeRig([{ path: '/api/live', events: true }], [place]);
    const client = clientOf(rig).send(GET);
    const upstream = await place.next();
    upstream.send(`${head}9\r\ndata: 1\n\n\r\n`);
    await client.until(/data: 1/);
    const closing = rig.close();
    expect(await client.until(/0\r\n\r\n$/)).toMatch(/0\r\n\r\n$/);
    await upstream.end();
    client.socket.destroy();
    await closing;
  });

  it('a download that is under way is waited for', async () => {
    const place = await new RawPlace().start();
    open.push(place);
    const rig = await routeRig([{ path: '/api/live', events: true }], [place]);
    const client = clientOf(rig).send('GET /api/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    const upstream = await place.next();
    upstream.send('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\nhalf');
    await client.until(/half$/);
    const closing = rig.close();
    upstream.send('full');
    expect(await client.end()).toMatch(/halffull$/);
    await closing;
  });
});

/** A real server of WebSockets that says back what it hears. */
async function echo(): Promise<{
  port: number;
  http: Server;
  sockets: WebSocketServer;
  seen: Record<string, unknown>[];
}> {
  const http = createServer((_, response) => void response.writeHead(404).end('no socket'));
  const sockets = new WebSocketServer({ server: http, handleProtocols: () => 'chat' });
  const seen: Record<string, unknown>[] = [];
  sockets.on('connection', (socket, request) => {
    seen.push({ url: request.url, ...request.headers });
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  await once(http.listen(0, '127.0.0.1'), 'listening');
  open.push({
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      http.closeAllConnections();
      http.close();
    },
  });
  return { port: (http.address() as AddressInfo).port, http, sockets, seen };
}

@Injectable()
class TokenGuard implements CanActivate {
  static readonly asked: string[] = [];
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<AnyRequest & { headers: Record<string, string> }>();
    TokenGuard.asked.push(String(request.headers['authorization']));
    if (request.headers['authorization'] !== 'Bearer good') throw new UnauthorizedException('No credentials.');
    contextOf(request)!.principal = { issuer: 'i', subject: 'c1', claims: {} } as never;
    return true;
  }
}

function connect(rig: RouteRig, path = '/api/live', options: object = {}): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${rig.port}${path}`, ['chat'], options);
  socket.on('error', () => {});
  open.push({ close: async () => socket.terminate() });
  return socket;
}

/** @returns the status with which an upgrade was refused */
async function refused(socket: WebSocket): Promise<number> {
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
  return response.statusCode;
}

describe('a WebSocket', () => {
  it('goes to an instance and back, of any size', async () => {
    const place = await echo();
    const rig = await rigOf(
      place,
      { path: '/api/rooms/:room', to: '/ws/:room', upgrade: 'websocket' },
      { via: 'shop' },
    );
    const socket = connect(rig, '/api/rooms/7?since=3');
    await once(socket, 'open');
    expect(socket.protocol).toBe('chat');
    socket.send('hello');
    expect(String((await once(socket, 'message'))[0])).toBe('hello');
    const large = Buffer.alloc(3_000_000, 7);
    socket.send(large);
    expect(((await once(socket, 'message')) as [Buffer])[0].equals(large)).toBe(true);
    expect(place.seen).toMatchObject([
      { url: '/ws/7?since=3', via: '1.1 shop', connection: 'upgrade', upgrade: 'websocket' },
    ]);
    expect(place.seen[0]).toHaveProperty('forwarded');
    expect(await rig.metrics.text()).toMatch(/kind="lasting"} 1/);
    socket.close(4000);
    expect((await once(socket, 'close'))[0]).toBe(4000);
    await untilMetric(rig, /kind="lasting"} 0/);
    expect(await rig.metrics.text()).toMatch(/guichet_route_sent_bytes_total{[^}]*} 30000\d\d/);
  });

  it('passes the guards first', async () => {
    const place = await echo();
    const rig = await rigOf(place, { upgrade: 'websocket', access: 'authenticated' }, { guards: [TokenGuard] });
    expect(await refused(connect(rig))).toBe(401);
    expect(place.seen).toEqual([]);
    const socket = connect(rig, '/api/live', { headers: { authorization: 'Bearer good' } });
    await once(socket, 'open');
    expect(place.seen).toHaveLength(1);
    expect(place.seen[0]).not.toHaveProperty('authorization');
  });

  it('is not opened by a page of another origin', async () => {
    const place = await echo();
    const rig = await rigOf(place, { upgrade: 'websocket', origins: ['https://friend.example'] });
    expect(await refused(connect(rig, '/api/live', { origin: 'https://evil.example' }))).toBe(403);
    expect(await refused(connect(rig, '/api/live', { origin: 'null' }))).toBe(403);
    expect(place.seen).toEqual([]);
    await once(connect(rig, '/api/live', { origin: 'https://friend.example' }), 'open');
    await once(connect(rig, '/api/live', { origin: `http://127.0.0.1:${rig.port}` }), 'open');
  });

  it('is a 426 to who asks for anything else', async () => {
    const place = await echo();
    const rig = await rigOf(place, { upgrade: 'websocket' });
    const answer = await fetch(`${rig.url}/api/live`);
    expect(answer.status).toBe(426);
    expect(answer.headers.get('upgrade')).toBe('websocket');
  });

  it('that the upstream does not want is answered as the upstream does', async () => {
    const place = await new HttpPlace((_, response) => void response.writeHead(418).end('tea')).start();
    place.http.on('upgrade', (_, socket) =>
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno'),
    );
    open.push(place);
    const rig = await rigOf(place, { upgrade: 'websocket' });
    expect(await refused(connect(rig))).toBe(403);
  });

  it('ends after idleTimeoutMs without a byte', async () => {
    const place = await echo();
    const rig = await rigOf(place, { upgrade: 'websocket', limits: { idleTimeoutMs: 60 } });
    const socket = connect(rig);
    await once(socket, 'open');
    await once(socket, 'close');
    await untilMetric(rig, /kind="lasting"} 0/);
    expect(socket.readyState).toBe(socket.CLOSED);
  });

  it('ends when the other side does, and when the app drains', async () => {
    const place = await echo();
    const rig = await routeRig([{ path: '/api/live', upgrade: 'websocket' }], [place]);
    const first = connect(rig);
    await once(first, 'open');
    for (const socket of place.sockets.clients) socket.terminate();
    await once(first, 'close');
    const second = connect(rig);
    await once(second, 'open');
    const closing = rig.close();
    await once(second, 'close');
    await closing;
    expect([first.readyState, second.readyState]).toEqual([first.CLOSED, second.CLOSED]);
  });

  it('more than maxConcurrent are a 503', async () => {
    const place = await echo();
    const rig = await rigOf(place, { upgrade: 'websocket', limits: { maxConcurrent: 1 } });
    await once(connect(rig), 'open');
    expect(await refused(connect(rig))).toBe(503);
  });
});

describe('a wish for another protocol', () => {
  @Controller('other')
  class OtherController {
    @Get()
    get() {
      return { got: true };
    }
    @Post()
    post() {
      return { posted: true };
    }
  }

  it.each([
    ['h2c', 'GET', '/other', '', /^HTTP\/1.1 200 [^]*{"got":true}/],
    ['h2c', 'POST', '/other', '{"a":1}', /^HTTP\/1.1 201 [^]*{"posted":true}/],
    ['websocket', 'GET', '/other', '', /^HTTP\/1.1 200 [^]*{"got":true}/],
    ['websocket', 'GET', '/nowhere', '', /^HTTP\/1.1 404 /],
    ['h2c', 'GET', '/api/live', '', /^HTTP\/1.1 426 /],
  ])('is not heeded: %s by %s %s', async (protocol, method, path, body, expected) => {
    const place = await echo();
    const rig = await rigOf(place, { upgrade: 'websocket' }, { controllers: [OtherController] });
    const text =
      `${method} ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: ${protocol}\r\nHTTP2-Settings: AA\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const client = clientOf(rig).send(text);
    await client.until(expected);
    // And the connection serves on.
    client.text = '';
    client.send('GET /other HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.until(/{"got":true}/);
    expect(place.seen).toEqual([]);
  });
});

async function untilMetric(rig: RouteRig, pattern: RegExp): Promise<void> {
  while (!pattern.test(await rig.metrics.text())) await new Promise(resolve => setImmediate(resolve));
}
