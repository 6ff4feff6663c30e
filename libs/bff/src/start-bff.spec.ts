import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable, Module } from '@nestjs/common';
import { BootError, BootProblems } from 'guichet/kernel';
import { Page, params, required } from 'guichet/page';
import { z } from 'zod';
import { bootFailure, PortError } from './boot-failure.js';
import { type Bff, type RunBffOptions, startBff } from './start-bff.js';

@Page('films/:id', { budgetMs: 500 })
class FilmPage {
  private readonly params = params(z.object({ id: z.string().max(20) }));
  readonly film = required([this.params], ({ id }) => ({ id }));
}

@Module({ controllers: [FilmPage] })
class TestModule {}

const environment = { PORT: '0', MANAGEMENT_PORT: '0' };
const running: Bff[] = [];

beforeAll(() => {
  jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
  jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterAll(() => jest.restoreAllMocks());
afterEach(async () => {
  await Promise.all(running.splice(0).map(bff => bff.stop()));
});

const start = async (options: Partial<RunBffOptions> = {}): Promise<Bff & { url: string }> => {
  const bff = await startBff(TestModule, { name: 'test', ...options }, new BootProblems(), environment);
  running.push(bff);
  return Object.assign(bff, { url: `http://127.0.0.1:${bff.port}` });
};

describe('startBff', () => {
  it('serves pages, health on both ports, and problems, each with its request id', async () => {
    const { url, managementPort } = await start();
    const page = await fetch(`${url}/pages/films/7`, { headers: { 'X-Request-Id': 'mine' } });
    expect(page.headers.get('x-request-id')).toBe('mine');
    expect(await page.json()).toEqual({ film: { id: '7' } });
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${managementPort}/health/ready`)).status).toBe(200);
    for (const [path, status, code] of [
      ['/nowhere', 404, 'not-found'],
      ['/pages/films/%zz', 400, 'bad-request'],
      [`/pages/films/${'x'.repeat(30)}`, 400, 'invalid-input'],
      [`/pages/films/${'x'.repeat(5000)}`, 414, 'uri-too-long'],
    ] as const) {
      const answer = await fetch(url + path);
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(((await answer.json()) as { code: string }).code).toBe(code);
    }
  });

  it('describes its pages and problems', async () => {
    const { url } = await start();
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
      paths: Record<string, { get?: { operationId?: string } }>;
      components: { schemas: Record<string, unknown> };
    };
    expect(document.paths['/pages/films/{id}']?.get?.operationId).toBe('FilmPage');
    expect(document.components.schemas['Problem']).toBeDefined();
    const docs = await fetch(`${url}/docs`);
    expect(docs.status).toBe(200);
    expect(docs.headers.get('content-type')).toContain('text/html');
  });

  it('keeps the docs to itself where told', async () => {
    const { url } = await start({ docs: false });
    expect((await fetch(`${url}/openapi.json`)).status).toBe(404);
  });

  describe('with a browser client', () => {
    const root = mkdtempSync(join(tmpdir(), 'client-'));
    beforeAll(() => {
      mkdirSync(join(root, 'assets'));
      mkdirSync(join(root, 'pages'));
      writeFileSync(join(root, 'index.html'), '<title>client</title>');
      writeFileSync(join(root, 'assets', 'main-1a2b.js'), 'void 0');
    });
    afterAll(() => rmSync(root, { recursive: true }));
    const html = { headers: { Accept: 'text/html,*/*' } };

    it("serves it at / and at its own router's addresses, always asked for again", async () => {
      const { url } = await start({ client: { root } });
      for (const path of ['/', '/index.html', '/films/7?x=1']) {
        const answer = await fetch(url + path, html);
        expect(answer.headers.get('cache-control')).toBe('no-cache');
        expect(await answer.text()).toBe('<title>client</title>');
      }
    });

    it('does not take what the app refuses, and what is nowhere is told as that, by one name', async () => {
      const { url, managementPort } = await start({ client: { root } });
      for (const [path, status] of [
        ['/films/7', 200],
        ['/films/8', 200],
        [`/pages/films/${'x'.repeat(600)}`, 414],
        ['/pages/none', 404],
        ['/api/none', 404],
      ] as const)
        expect((await fetch(url + path, html)).status).toBe(status);
      for (const path of ['/a', '/b']) expect((await fetch(url + path)).status).toBe(404);
      expect((await fetch(`${url}/films/7`, { ...html, method: 'DELETE' })).status).toBe(404);
      expect((await fetch(`${url}/films/7`, { ...html, method: 'HEAD' })).status).toBe(200);
      const metrics = await (await fetch(`http://127.0.0.1:${managementPort}/metrics`)).text();
      const counted = [...metrics.matchAll(/^guichet_http_requests_total(\{route="(?:none|\/\*)".*)$/gm)].map(
        ([, one]) => one,
      );
      expect(counted.toSorted((a, b) => (a! < b! ? -1 : 1))).toEqual([
        '{route="/*",method="GET",status="200"} 2',
        '{route="/*",method="HEAD",status="200"} 1',
        '{route="none",method="DELETE",status="404"} 1',
        '{route="none",method="GET",status="404"} 4',
        '{route="none",method="GET",status="414"} 1',
      ]);
    });

    it('lets what is named by its content be kept', async () => {
      const { url } = await start({ client: { root } });
      const asset = await fetch(`${url}/assets/main-1a2b.js`);
      expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    });

    it.each(['/pages/none', '/api/none', '/health/none', '/bff/user', '/pages', '/docs/none', '/.well-known/x'])(
      'never stands before %s',
      async path => {
        const { url } = await start({ client: { root } });
        const answer = await fetch(url + path, html);
        expect(answer.status).toBe(404);
        expect(answer.headers.get('content-type')).toContain('application/problem+json');
      },
    );

    it('answers a program with a problem, and serves no file outside', async () => {
      const { url } = await start({ client: { root } });
      expect((await fetch(`${url}/films/7`)).status).toBe(404);
      expect((await fetch(`${url}/assets/none.js`)).status).toBe(404);
      expect(await (await fetch(`${url}/..%2f..%2fetc%2fpasswd`, html)).text()).not.toContain('root:');
    });

    it('starts without it where it is not built', async () => {
      const { url } = await start({ client: { root: join(root, 'nothing') } });
      expect((await fetch(`${url}/pages/films/7`)).status).toBe(200);
      expect((await fetch(url, html)).status).toBe(404);
    });
  });
});

describe('a boot that must not be', () => {
  it('ends with all that is wrong with options, pages and modules', async () => {
    @Injectable()
    class PricingClient {}

    @Page('films/:id', { budgetMs: 500 })
    class SecondFilmPage {
      constructor(private readonly pricing: PricingClient) {}
      readonly price = required([], () => this.pricing);
    }

    @Injectable()
    class Lonely {
      constructor(readonly pricing: PricingClient) {}
    }

    @Module({ controllers: [FilmPage, SecondFilmPage], providers: [Lonely] })
    class BadModule {}

    const problems = new BootProblems();
    const options = { name: 'test', maxBodyBytes: -1, keepalive: 1 } as RunBffOptions;
    const error: unknown = await startBff(BadModule, options, problems, { PORT: '70000', MANAGEMENT_PORT: 'x' }).catch(
      (thrown: unknown) => thrown,
    );
    const failure = bootFailure('test', error, problems);
    expect(failure.exitCode).toBe(78);
    expect(problems.all.map(({ where, path }) => [where, path])).toEqual(
      expect.arrayContaining([
        ['bff', 'PORT'],
        ['bff', 'maxBodyBytes'],
        ['bff', 'keepalive'],
        ['management', 'MANAGEMENT_PORT'],
        ['SecondFilmPage', 'PricingClient'],
      ]),
    );
    expect(failure.message).toMatch(/SecondFilmPage[^]*PricingClient/);
    expect(failure.message).toMatch(/films/);
    expect(failure.message).not.toMatch(/\n\s+at /);
    expect(failure.message).not.toContain('Potential solutions');
  });

  it('ends when its end would take longer than it is given, and says which phase how long', async () => {
    const problems = new BootProblems();
    const options = { name: 'test', drain: { readinessPeriodMs: 10_000, readinessFailures: 2 } };
    const error: unknown = await startBff(TestModule, options, problems, environment).catch(thrown => thrown);
    const { message, exitCode } = bootFailure('test', error, problems);
    expect(exitCode).toBe(78);
    // 1 + (10 × 2 + 3) + (0.5 + 2) + 0.5 + 5 s
    expect(message).toMatch(/may take 32000 ms, and it is killed after 30000: .*propagationMs 23000, inFlightMs 2500/);
    const more = { ...environment, TERMINATION_GRACE_MS: '32000' };
    const bff = await startBff(TestModule, options, new BootProblems(), more);
    await bff.stop();
  });

  it('names the variables of the drain, and what may be critical', async () => {
    const problems = new BootProblems();
    const options: RunBffOptions = { name: 'test', health: { critical: ['orders'] } };
    const broken = { ...environment, DRAIN_PROPAGATION_MS: '-1', READINESS_FAILURES: 'x' };
    const early: unknown = await startBff(TestModule, options, problems, broken).catch(thrown => thrown);
    expect(bootFailure('test', early, problems).exitCode).toBe(78);
    expect(problems.all.map(({ path }) => path)).toEqual(['READINESS_FAILURES', 'DRAIN_PROPAGATION_MS']);
    const late = new BootProblems();
    await startBff(TestModule, options, late, environment).catch(() => undefined);
    expect(late.all).toEqual([expect.objectContaining({ path: 'health.critical', value: 'orders' })]);
  });

  it("tells Nest's own first problem, in one line, once", async () => {
    @Injectable()
    class Missing {}
    @Injectable()
    class Lonely {
      constructor(readonly missing: Missing) {}
    }
    @Module({ providers: [Lonely] })
    class BadModule {}
    const problems = new BootProblems();
    const error: unknown = await startBff(BadModule, { name: 'test' }, problems, environment).catch(thrown => thrown);
    const { message, exitCode } = bootFailure('test', error, problems);
    expect(exitCode).toBe(78);
    expect(problems.all).toHaveLength(1);
    expect(message).toMatch(/Lonely · Missing: Nest can't resolve dependencies/);
  });

  it('keeps the stack of what is a bug', () => {
    const { message, exitCode } = bootFailure('test', new TypeError('x is undefined'), new BootProblems());
    expect(exitCode).toBe(1);
    expect(message).toMatch(/TypeError: x is undefined\n\s+at /);
  });

  it.each(['PORT', 'MANAGEMENT_PORT'] as const)('names the port that is taken, and %s', async variable => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const taken = { ...environment, [variable]: String(port) };
    const error: unknown = await startBff(TestModule, { name: 'test' }, new BootProblems(), taken).catch(e => e);
    other.close();
    expect(error).toBeInstanceOf(PortError);
    expect(bootFailure('test', error, new BootProblems())).toEqual({
      message: `test: 127.0.0.1:${port} is in use: set ${variable} to another port`,
      exitCode: 1,
    });
  });

  it('takes a problem that a lib threw by itself into the list', () => {
    const problems = new BootProblems();
    problems.add({ where: 'a', path: '', message: 'm', mend: 'x' });
    const thrown = new BootError([{ where: 'b', path: '', message: 'm', mend: 'x' }]);
    expect(bootFailure('test', thrown, problems).message).toContain('2 problems stop the boot');
  });
});
