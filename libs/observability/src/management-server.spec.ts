import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BootProblems } from 'guichet/kernel';
import { ManagementModule } from './management.module.js';
import { managementOptions } from './management-options.js';
import { ManagementServer } from './management-server.js';

describe('ManagementServer', () => {
  const server = new ManagementServer(managementOptions({ port: 0 }, {}));
  let url: string;

  beforeAll(async () => {
    server.route('GET', '/state', (_request, response, query) => {
      response.setHeader('Content-Type', 'text/plain');
      response.end(`state${query.get('verbose') ?? ''}`);
    });
    server.route('GET', '/broken', () => {
      throw new Error('secret detail');
    });
    await server.onModuleInit();
    url = `http://127.0.0.1:${server.port}`;
  });
  afterAll(() => server.onApplicationShutdown());

  it('answers a registered route, uncached, with its query', async () => {
    const answer = await fetch(`${url}/state?verbose=1`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.text()).toBe('state1');
  });

  it('hands everything under a mounted path to its one handler, and nothing that only begins like it', async () => {
    const told: string[] = [];
    server.mount('/all', (request, response) => {
      told.push(`${request.method} ${request.url}`);
      response.writeHead(204).end();
    });
    for (const [method, path] of [
      ['GET', '/all'],
      ['POST', '/all/of/it?a=1'],
    ]) {
      expect((await fetch(url + path, { method: method! })).status).toBe(204);
    }
    expect((await fetch(`${url}/allies`)).status).toBe(404);
    expect(told).toEqual(['GET /all', 'POST /all/of/it?a=1']);
  });

  it('answers HEAD without a body', async () => {
    const answer = await fetch(`${url}/state`, { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('');
  });

  it.each([
    ['GET', '/nothing', 404],
    ['GET', '/__proto__', 404],
    ['POST', '/state', 405],
  ])('refuses %s %s with %i as a problem', async (method, path, status) => {
    const answer = await fetch(url + path, { method });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({ status });
  });

  it('shows nothing of what broke', async () => {
    jest.spyOn(server['log'], 'error').mockImplementation(() => undefined);
    const answer = await fetch(`${url}/broken`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('secret');
    expect(server['log'].error).toHaveBeenCalledWith(expect.stringContaining('secret detail'));
  });

  it('refuses a path that is taken', () => {
    expect(() => server.route('GET', '/state', () => undefined)).toThrow('twice');
  });

  it('says which port it could not have', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const late = new ManagementServer(managementOptions({ port }, {}));
    await expect(late.onModuleInit()).rejects.toMatchObject({ code: 'EADDRINUSE', port });
    other.close();
  });
});

describe('managementOptions', () => {
  it('stays on loopback unless told', () => {
    expect(managementOptions({}, {})).toEqual({ port: 9000, host: '127.0.0.1' });
  });

  it('lets the environment win over the code, and ignores empty variables', () => {
    const environment = { MANAGEMENT_PORT: '9100', MANAGEMENT_HOST: '' };
    expect(managementOptions({ port: 9001, host: '::1' }, environment)).toEqual({ port: 9100, host: '::1' });
  });

  it('names the variable that is wrong', () => {
    const problems = new BootProblems();
    managementOptions({}, { MANAGEMENT_PORT: '70000' }, problems);
    expect(problems.all).toEqual([expect.objectContaining({ where: 'management', path: 'MANAGEMENT_PORT' })]);
  });
});

describe('ManagementModule', () => {
  it('starts and ends the server with the app', async () => {
    @Module({ imports: [ManagementModule.forRoot({ port: 0 })] })
    class App {}
    const app = await NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
    const server = app.get(ManagementServer);
    expect((await fetch(`http://127.0.0.1:${server.port}/`)).status).toBe(404);
    await app.close();
    expect(server.port).toBeUndefined();
  });
});
