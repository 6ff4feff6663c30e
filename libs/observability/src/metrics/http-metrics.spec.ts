import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import {
  All,
  Controller,
  ForbiddenException,
  Get,
  type INestApplication,
  Module,
  Param,
  Post,
  Req,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type AnyRequest, contextOf } from '../request-context.js';
import { RequestListeners } from '../request-listeners.js';
import { useRequestContext } from '../use-request-context.js';
import { HttpMetrics } from './http-metrics.js';
import { Metrics } from './metrics.js';

let begun: (request: AnyRequest) => void;

@Controller()
class FilmsController {
  @Get('films/:id')
  film(@Param('id') id: string): string {
    return id;
  }

  @Post('films')
  add(): never {
    throw new ForbiddenException();
  }

  @Get('slow')
  slow(@Req() request: AnyRequest): Promise<never> {
    begun(request);
    return new Promise(() => {});
  }

  @All('any')
  any(): string {
    return 'any';
  }
}

@Module({ controllers: [FilmsController] })
class TestModule {}

describe.each([
  ['Fastify', () => new FastifyAdapter()],
  ['Express', () => new ExpressAdapter()],
])('what is counted of requests on %s', (_, adapter) => {
  let metrics: Metrics;
  let app: INestApplication;
  let url: string;

  /** The series there are. */
  const counted = async (name = 'guichet_http_requests_total'): Promise<string[]> =>
    (await metrics.text())
      .split('\n')
      .filter(line => line.startsWith(`${name}{`))
      .map(line => line.slice(name.length));

  beforeEach(async () => {
    metrics = new Metrics();
    app = await NestFactory.create(TestModule, adapter(), { logger: false, abortOnError: false });
    useRequestContext(app, { listeners: new RequestListeners([new HttpMetrics(metrics)]) });
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  });
  afterEach(() => app.close());

  it('is their route, never their path, their method and their status', async () => {
    for (const path of ['films/1', 'films/2?a=b', 'nowhere', 'no/where/else'])
      await (await fetch(`${url}/${path}`)).text();
    await (await fetch(`${url}/films/3`, { method: 'HEAD' })).text();
    await (await fetch(`${url}/films`, { method: 'POST' })).text();
    // `close` of the last answer may come after the client has read it.
    await app.close();
    expect((await counted()).toSorted()).toEqual([
      '{route="/films",method="POST",status="403"} 1',
      '{route="/films/:id",method="GET",status="200"} 2',
      '{route="/films/:id",method="HEAD",status="200"} 1',
      '{route="none",method="GET",status="404"} 2',
    ]);
    expect(await counted('guichet_http_request_duration_seconds_count')).toEqual([
      '{route="/films/:id"} 3',
      '{route="none"} 2',
      '{route="/films"} 1',
    ]);
  });

  it('is no word that clients make up', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    for (const method of ['PROPFIND', 'REPORT', 'M-SEARCH']) {
      socket.write(`${method} /any HTTP/1.1\r\nHost: a\r\n\r\n`);
      await once(socket, 'data');
    }
    socket.destroy();
    await app.close();
    const methods = (await counted()).map(line => line.replace(/.*(method="\w+").* (\d+)$/, '$1 $2')).toSorted();
    // Those that the router has heard of go to the route, the others nowhere.
    expect(['method="other" 3', 'method="other" 1,method="other" 2']).toContain(methods.join());
  });

  it('is that the client went away, which is no status', async () => {
    const arrival = new Promise<AnyRequest>(resolve => (begun = resolve));
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
    const context = contextOf(await arrival)!;
    const gone = new Promise<void>(resolve => (context.onDeparture = resolve));
    socket.destroy();
    await gone;
    await app.close();
    expect(await counted()).toEqual(['{route="/slow",method="GET",status="departed"} 1']);
  });
});
