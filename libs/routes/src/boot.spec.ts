import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { BootError, type BootProblem } from 'guichet/kernel';
import { inspectPages } from 'guichet/page';
import { HttpUpstream, Upstream, UpstreamModule } from 'guichet/upstream';
import { HttpPlace, routeRig, sourceOf } from '../test/route-rig.js';
import { type RouteOptions, RoutesModule } from './index.js';

@Upstream('files')
class FilesClient extends HttpUpstream {}

@Controller('api/things')
class ThingsController {
  @Get(':id')
  thing() {}
}

function moduleOf(routes: readonly RouteOptions[]) {
  @Module({
    imports: [sourceOf([]), UpstreamModule.forRoot({ clients: [FilesClient] }), RoutesModule.forRoot(routes)],
    controllers: [ThingsController],
  })
  class AppModule {}
  return AppModule;
}

async function problemsOf(
  routes: readonly RouteOptions[],
  adapter: FastifyAdapter | ExpressAdapter = new FastifyAdapter(),
): Promise<readonly BootProblem[]> {
  let app: INestApplication | undefined;
  try {
    app = await NestFactory.create(moduleOf(routes), adapter, { logger: false, abortOnError: false });
    await app.init();
    return [];
  } catch (error) {
    if (error instanceof BootError) return error.problems;
    throw error;
  } finally {
    await app?.close();
  }
}

it('sound routes are no problem', async () => {
  expect(await problemsOf([{ path: '/api/a', upstream: 'files' }])).toEqual([]);
});

it.each<[string, Record<string, unknown>, Partial<BootProblem>]>([
  [
    'a path outside of /api',
    { path: '/pages/a' },
    { path: 'path', message: expect.stringMatching(/must begin with \/api\//) },
  ],
  ['a path of health', { path: '/health/live' }, { path: 'path' }],
  ['no path', { path: undefined }, { path: 'path', message: 'is missing' }],
  ['a path with dots', { path: '/api/../a' }, { path: 'path' }],
  ['a rest in the middle', { path: '/api/*rest/a' }, { path: 'path' }],
  ['an unknown upstream', { upstream: 'files2' }, { path: 'upstream', mend: expect.stringMatching(/\(files\)/) }],
  ['a parameter from nowhere', { to: '/a/:id' }, { path: 'to', message: '"id" is no parameter of /api/a' }],
  ['a pattern for nothing', { params: { id: /x/ } }, { path: 'params.id' }],
  ['a rest that becomes one segment', { path: '/api/*rest', to: '/:rest' }, { path: 'to' }],
  ['an unknown option', { retries: 3 }, { path: 'retries', message: 'unknown option' }],
  ['a cookie as a header', { requestHeaders: ['cookie'] }, { path: 'requestHeaders.0' }],
  ['a session to pass on', { requestHeaders: ['authorization'] }, { path: 'requestHeaders.0' }],
  ['Set-Cookie as a header', { responseHeaders: ['set-cookie'] }, { path: 'responseHeaders.0' }],
  ['a trailer that would change its message', { responseTrailers: ['content-length'] }, { path: 'responseTrailers.0' }],
  ['a method there is none of', { method: 'TRACE' }, { path: 'method' }],
  ['a WebSocket by POST', { method: 'POST', upgrade: 'websocket' }, { path: 'method' }],
  ['origins without an upgrade', { origins: ['https://a.example'] }, { path: 'origins' }],
  ['a write without the header', { method: 'POST', csrf: 'origin' }, { path: 'csrf' }],
  ['a limit of nothing', { limits: { headersTimeoutMs: 0 } }, { path: 'limits.headersTimeoutMs' }],
])('%s ends the boot', async (_, wrong, problem) => {
  const problems = await problemsOf([{ path: '/api/a', upstream: 'files', ...wrong } as RouteOptions]);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject(problem);
  expect(problems[0]!.mend).not.toBe('');
});

it('two routes that take the same requests end the boot', async () => {
  const problems = await problemsOf([
    { path: '/api/a/:id', upstream: 'files' },
    { path: '/api/a/:name', upstream: 'files', method: ['GET', 'POST'] },
  ]);
  expect(problems).toMatchObject([{ where: 'route GET|POST /api/a/:name', path: 'path' }]);
});

it('a route that a controller has is found before anything is created', () => {
  expect(inspectPages(moduleOf([{ path: '/api/things/:name', upstream: 'files' }]))).toMatchObject([
    { path: 'GET /api/things/:name' },
  ]);
});

it('Express is said not to do', async () => {
  const problems = await problemsOf([{ path: '/api/a', upstream: 'files' }], new ExpressAdapter());
  expect(problems).toMatchObject([{ where: 'RoutesModule', message: expect.stringMatching(/need Fastify/) }]);
});

it('the API’s documentation has them, with their parameters', async () => {
  const place = await new HttpPlace(() => {}).start();
  const rig = await routeRig([{ path: '/api/films/:id', params: { id: /\d+/ }, summary: 'A film' }], [place]);
  const document = SwaggerModule.createDocument(rig.app, new DocumentBuilder().build());
  expect(document.paths['/api/films/{id}']?.get).toMatchObject({
    summary: 'A film',
    parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', pattern: '^(?:\\d+)$' } }],
  });
  await rig.close();
  await place.close();
});
