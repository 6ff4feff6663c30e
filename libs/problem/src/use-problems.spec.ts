import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { Body, Controller, Get, type INestApplication, Logger, Module, Param, Post, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { PageFailed, UpstreamError } from 'guichet/kernel';
import { useRequestContext } from 'guichet/observability';
import type { Problem } from './problem.js';
import { answerRouterError } from './router-error.js';
import { useProblems } from './use-problems.js';

type AnyResponse = { raw?: AnyResponse; write(text: string): void; header(name: string, value: string): void };

@Controller()
class TroubleController {
  @Get('page')
  page() {
    const error = new UpstreamError('no-instances', 'catalog', 'none of 10.0.0.7:80', { retryAfterMs: 4000 });
    throw new PageFailed('FilmPage', [{ section: 'film', error }]);
  }

  @Get('bug')
  bug() {
    throw new TypeError('secret of /srv/app');
  }

  @Get('items/:id')
  item(@Param('id') id: string) {
    return id;
  }

  @Get('described')
  described(@Res({ passthrough: true }) response: AnyResponse) {
    response.header('ETag', '"1"');
    response.header('Set-Cookie', 'kept=1');
    throw new TypeError('late');
  }

  @Get('half')
  half(@Res() response: AnyResponse) {
    (response.raw ?? response).write('{"half":');
    throw new TypeError('after the first half');
  }

  @Post('order')
  order(@Body() body: { refuse?: boolean }) {
    if (!body?.refuse) return { ok: true };
    throw new UpstreamError('upstream-status', 'orders', '409', { status: 409, body: { detail: 'sold out' } });
  }
}

@Module({ controllers: [TroubleController] })
class TestModule {}

describe.each([
  [
    'Fastify',
    () =>
      new FastifyAdapter({
        bodyLimit: 1000,
        routerOptions: { maxParamLength: 50 },
        frameworkErrors: answerRouterError,
      }),
  ],
  ['Express', () => new ExpressAdapter()],
])('useProblems on %s', (name, adapter) => {
  let app: INestApplication;
  let url: string;
  let port: number;
  let logged: jest.SpyInstance;

  const problemOf = async (answer: Response): Promise<Problem> => {
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const problem = (await answer.json()) as Problem;
    expect(problem.status).toBe(answer.status);
    expect(problem.requestId).toBe(answer.headers.get('x-request-id'));
    expect(JSON.stringify(problem)).not.toMatch(/secret|srv|10\.0\.0\.7|node_modules/);
    return problem;
  };

  const raw = async (text: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', chunk => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.write(text);
    await once(socket, 'close');
    return Buffer.concat(chunks).toString();
  };

  beforeAll(async () => {
    logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    app = await NestFactory.create(TestModule, adapter(), { logger: ['error'], abortOnError: false });
    useRequestContext(app);
    useProblems(app);
    await app.listen(0, '127.0.0.1');
    port = (app.getHttpServer().address() as AddressInfo).port;
    url = `http://127.0.0.1:${port}`;
  });
  beforeEach(() => logged.mockClear());
  afterAll(async () => {
    await app.close();
    logged.mockRestore();
  });

  it('answers a failed page with its failures and when to come back', async () => {
    const answer = await fetch(`${url}/page?token=secret`, { headers: { 'X-Request-Id': 'r-1' } });
    expect(answer.headers.get('retry-after')).toBe('4');
    expect(await problemOf(answer)).toMatchObject({
      status: 503,
      code: 'no-instances',
      requestId: 'r-1',
      failures: [{ section: 'film', code: 'no-instances' }],
    });
  });

  it('answers a bug without a word of it, and logs its stack', async () => {
    const problem = await problemOf(await fetch(`${url}/bug`));
    expect(problem).toMatchObject({ status: 500, code: 'internal-error' });
    expect(logged).toHaveBeenCalledTimes(1);
    const [error, fields] = logged.mock.calls[0] as [Error, object];
    expect(error.stack).toMatch(/TypeError: secret of \/srv\/app\n\s+at /);
    expect(fields).toEqual({ requestId: problem.requestId });
  });

  it('answers HEAD without a body', async () => {
    const answer = await fetch(`${url}/page`, { method: 'HEAD' });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(0);
    expect(await answer.text()).toBe('');
  });

  it('keeps what was set for the client, but not what described the body', async () => {
    const answer = await fetch(`${url}/described`);
    expect(answer.headers.get('set-cookie')).toBe('kept=1');
    expect(answer.headers.get('etag')).toBeNull();
    await problemOf(answer);
  });

  it('cuts half an answer off', async () => {
    await expect(fetch(`${url}/half`).then(answer => answer.text())).rejects.toThrow('terminated');
  });

  it("passes a command's refusal", async () => {
    const answer = await fetch(`${url}/order`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"refuse":true}',
    });
    expect(await problemOf(answer)).toMatchObject({ status: 409, detail: 'sold out' });
  });

  it.each<[string, string, RequestInit | undefined, number]>([
    ['a route that nobody has', '/nowhere', undefined, 404],
    ['a method that nobody takes', '/page', { method: 'DELETE' }, 404],
    ['a malformed URL', '/items/%zz', undefined, 400],
    [
      'a body that is not JSON',
      '/order',
      { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{secret' },
      400,
    ],
    [
      'a body that is too large',
      '/order',
      { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify('x'.repeat(200_000)) },
      413,
    ],
  ])('answers %s', async (_what, path, init, status) => {
    const answer = await fetch(url + path, init);
    const problem = await problemOf(answer);
    expect(problem.status).toBe(status);
    expect(problem).not.toHaveProperty('detail');
    expect(logged).not.toHaveBeenCalled();
  });

  if (name === 'Fastify') {
    it('answers a body of an unknown kind and an over-long parameter', async () => {
      const init = { method: 'POST', headers: { 'Content-Type': 'application/x-odd' }, body: 'x' };
      expect(await problemOf(await fetch(`${url}/order`, init))).toMatchObject({ status: 415 });
      expect(await problemOf(await fetch(`${url}/items/${'x'.repeat(100)}`))).toMatchObject({ status: 414 });
    });
  }

  it.each([
    ['nonsense', 'NONSENSE\r\n\r\n', 400],
    ['two lengths', 'POST /order HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    ['headers without end', `GET /page HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('answers what is no request: %s', async (_what, text, status) => {
    const answer = await raw(text);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('Content-Type: application/problem+json');
    const [head, body] = answer.split('\r\n\r\n') as [string, string];
    const problem = JSON.parse(body) as Problem;
    expect(problem.status).toBe(status);
    expect(head).toContain(`X-Request-Id: ${problem.requestId}`);
    expect(head).toContain(`Content-Length: ${body.length}`);
  });
});
