import type { IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { Controller, Get, type INestApplication, Module, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { RequestContext } from 'guichet/kernel';
import { ManualClock } from 'guichet/testing';
import { type AnyRequest, arrive, contextOf } from './request-context.js';
import { useRequestContext } from './use-request-context.js';

/** Lets a test see a request arrive and say when it is answered. */
class Desk {
  readonly arrived: RequestContext[] = [];
  departures = 0;
  private readonly waiting: ((context: RequestContext) => void)[] = [];
  private readonly releases: (() => void)[] = [];

  next(): Promise<RequestContext> {
    return new Promise(resolve => this.waiting.push(resolve));
  }

  hold(request: AnyRequest): Promise<void> {
    const context = contextOf(request)!;
    context.onDeparture = () => void this.departures++;
    this.arrived.push(context);
    this.waiting.shift()?.(context);
    return new Promise(resolve => this.releases.push(resolve));
  }

  release(): void {
    this.releases.splice(0).forEach(release => release());
  }
}

let desk: Desk;

@Controller()
class SlowController {
  @Get('echo')
  echo(@Req() request: AnyRequest) {
    const { requestId, traceparent, tracestate, locale, startedAt } = contextOf(request)!;
    return { requestId, traceparent, tracestate, locale, startedAt };
  }

  @Get('slow')
  async slow(@Req() request: AnyRequest) {
    await desk.hold(request);
    return 'done';
  }
}

@Module({ controllers: [SlowController] })
class TestModule {}

describe.each([
  ['Fastify', () => new FastifyAdapter()],
  ['Express', () => new ExpressAdapter()],
])('useRequestContext on %s', (_, adapter) => {
  const clock = new ManualClock(1000);
  let app: INestApplication;
  let port: number;
  let url: string;
  const sockets: Socket[] = [];

  const open = async (...requests: string[]): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'connect');
    socket.write(requests.map(path => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''));
    return socket;
  };

  beforeAll(async () => {
    app = await NestFactory.create(TestModule, adapter(), { logger: false, abortOnError: false });
    useRequestContext(app, { locales: ['en', 'de'], clock });
    await app.listen(0, '127.0.0.1');
    port = (app.getHttpServer().address() as AddressInfo).port;
    url = `http://127.0.0.1:${port}`;
  });
  beforeEach(() => {
    desk = new Desk();
  });
  afterEach(() => {
    desk.release();
    sockets.splice(0).forEach(socket => socket.destroy());
  });
  afterAll(() => app.close());

  it('gives each request its id, trace, locale and start, and the answer its id', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const headers = { 'X-Request-Id': 'mine-1', traceparent, tracestate: 'a=b', 'Accept-Language': 'de-CH' };
    const answer = await fetch(`${url}/echo`, { headers });
    expect(answer.headers.get('x-request-id')).toBe('mine-1');
    expect(await answer.json()).toEqual({
      requestId: 'mine-1',
      traceparent,
      tracestate: 'a=b',
      locale: 'de',
      startedAt: 1000,
    });
  });

  it('gives an id of its own where the client sends none that fits', async () => {
    const answer = await fetch(`${url}/echo`, { headers: { 'X-Request-Id': 'not an id' } });
    const { requestId } = (await answer.json()) as { requestId: string };
    expect(requestId).toMatch(/^[\w.-]{1,64}$/);
    expect(answer.headers.get('x-request-id')).toBe(requestId);
  });

  it('names the request on a 404 too', async () => {
    const answer = await fetch(`${url}/nowhere`, { headers: { 'X-Request-Id': 'lost-1' } });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('x-request-id')).toBe('lost-1');
  });

  it('tells the context when the client goes away', async () => {
    const arrival = desk.next();
    const socket = await open('/slow');
    const context = await arrival;
    const departed = new Promise<void>(resolve => (context.onDeparture = resolve));
    socket.destroy();
    await departed;
    expect(context.departed).toBe(true);
  });

  it('is silent when the answer was there first', async () => {
    const socketSeen = new Promise<Socket>(resolve => app.getHttpServer().once('connection', resolve));
    const arrival = desk.next();
    const socket = await open('/slow');
    const context = await arrival;
    const serverSide = await socketSeen;
    desk.release();
    await once(socket, 'data');
    const closed = once(serverSide, 'close');
    socket.destroy();
    await closed;
    expect(context.departed).toBe(false);
  });

  it('tells every request of a client that pipelines, but none that has its answer', async () => {
    const first = desk.next();
    const second = desk.next();
    const socket = await open('/echo', '/slow', '/slow');
    const contexts = await Promise.all([first, second]);
    const departed = contexts.map(context => new Promise<void>(resolve => (context.onDeparture = resolve)));
    socket.destroy();
    await Promise.all(departed);
    expect(contexts.map(context => context.departed)).toEqual([true, true]);
  });

  it('listens once to a socket, however many requests it carries', async () => {
    const socketSeen = new Promise<Socket>(resolve => app.getHttpServer().once('connection', resolve));
    const socket = await open('/echo');
    const serverSide = await socketSeen;
    await once(socket, 'data');
    const listeners = serverSide.listenerCount('close');
    for (let i = 0; i < 5; i++) {
      socket.write('GET /echo HTTP/1.1\r\nHost: a\r\n\r\n');
      await once(socket, 'data');
    }
    expect(serverSide.listenerCount('close')).toBe(listeners);
  });
});

describe('contextOf', () => {
  it('knows nothing of a request that did not pass the door', () => {
    expect(contextOf({ raw: {} as IncomingMessage })).toBeUndefined();
    expect(contextOf({} as IncomingMessage)).toBeUndefined();
  });
});

describe('arrive', () => {
  it('leaves a request the context it has', () => {
    const socket = { once: jest.fn() } as unknown as Socket;
    const request = { headers: {}, socket } as unknown as IncomingMessage;
    const clock = new ManualClock();
    const response = { writableFinished: false } as never;
    const context = arrive(request, response, clock, undefined);
    expect(arrive(request, response, clock, undefined)).toBe(context);
    expect(contextOf(request)).toBe(context);
  });
});
