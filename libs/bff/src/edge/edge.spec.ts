import { request } from 'node:http';
import { connect } from 'node:net';
import { Controller, Get, Module } from '@nestjs/common';
import { BootError, BootProblems } from 'guichet/kernel';
import { type Bff, type RunBffOptions, startBff } from '../start-bff.js';

@Controller('api')
class EchoController {
  @Get('echo')
  echo() {
    return { ok: true };
  }
}

@Module({ controllers: [EchoController] })
class TestModule {}

const running: Bff[] = [];

beforeAll(() => {
  jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
  jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterAll(() => jest.restoreAllMocks());
afterEach(async () => {
  await Promise.all(running.splice(0).map(bff => bff.stop()));
});

async function start(edge: RunBffOptions['edge'], environment: NodeJS.ProcessEnv = {}): Promise<Bff> {
  const env = { PORT: '0', MANAGEMENT_PORT: '0', HOST: '127.0.0.1', ...environment };
  const bff = await startBff(TestModule, { name: 'test', ...(edge && { edge }) }, new BootProblems(), env);
  running.push(bff);
  return bff;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Asks as no browser would: any method, any `Host`. */
function ask(bff: Bff, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: bff.port, path, method, headers, agent: false }, answer => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text: string) => (body += text));
      answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

const code = ({ body }: Answer): unknown => (JSON.parse(body) as { code?: string }).code;

describe('the host', () => {
  it.each([
    ['localhost', 200],
    ['LOCALHOST:1234', 200],
    ['shop.example', 200],
    ['127.0.0.1', 200],
    ['evil.example', 421],
    ['shop.example.evil.example', 421],
    ['xshop.example', 421],
  ])('%s is answered with %d', async (host, status) => {
    const answer = await ask(await start(undefined, { PUBLIC_ORIGIN: 'https://shop.example' }), '/api/echo', { host });
    expect([answer.status, code(answer)]).toEqual([status, status === 200 ? undefined : 'misdirected-request']);
  });

  it('does not matter to probes', async () => {
    expect((await ask(await start(undefined), '/health/live', { host: '10.0.0.7' })).status).toBe(200);
  });

  it('counts with its port where the list has one', async () => {
    const bff = await start({ hosts: ['shop.example:8443'] });
    expect((await ask(bff, '/api/echo', { host: 'shop.example:8443' })).status).toBe(200);
    expect((await ask(bff, '/api/echo', { host: 'shop.example' })).status).toBe(421);
  });

  it('is told by ALLOWED_HOSTS before the code', async () => {
    const bff = await start({ hosts: ['shop.example'] }, { ALLOWED_HOSTS: 'Other.example, third.example' });
    expect((await ask(bff, '/api/echo', { host: 'other.example' })).status).toBe(200);
    expect((await ask(bff, '/api/echo', { host: 'shop.example' })).status).toBe(421);
  });

  it('must be known in production', async () => {
    const boot = start(undefined, { NODE_ENV: 'production' });
    await expect(boot).rejects.toThrow(BootError);
    await expect(boot).rejects.toThrow(/ALLOWED_HOSTS/);
  });
});

describe('the request line', () => {
  it.each([
    ['http://127.0.0.1/api/echo', 400],
    ['http://evil.example/api/echo', 400],
  ])('in absolute form, %s, is refused', async (path, status) => {
    const answer = await ask(await start(undefined), path);
    expect([answer.status, code(answer)]).toEqual([status, 'bad-request']);
  });

  it('with TRACE is refused', async () => {
    const answer = await ask(await start(undefined), '/api/echo', {}, 'TRACE');
    expect(answer.status).toBe(405);
  });

  it('with CONNECT opens nothing', async () => {
    const bff = await start(undefined);
    const said = await new Promise<string>(resolve => {
      let text = '';
      const socket = connect(bff.port, '127.0.0.1', () =>
        socket.write('CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n'),
      );
      socket.on('data', chunk => (text += chunk.toString()));
      socket.on('error', () => {});
      socket.on('close', () => resolve(text));
    });
    expect(said).not.toMatch(/^HTTP\/1\.1 2/);
  });
});

describe('what browsers are told', () => {
  it('is that data is data', async () => {
    const { headers } = await ask(await start(undefined), '/api/echo');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
    });
    expect(headers['strict-transport-security']).toBeUndefined();
  });

  it('is that documents run their own scripts alone', async () => {
    const { headers } = await ask(await start(undefined), '/', { accept: 'text/html' });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(headers).toMatchObject({ 'x-frame-options': 'SAMEORIGIN', 'referrer-policy': 'no-referrer' });
  });

  it('is to use https alone where the app is reached by it', async () => {
    const bff = await start(undefined, { PUBLIC_ORIGIN: 'https://shop.example' });
    const { headers } = await ask(bff, '/api/echo', { host: 'shop.example' });
    expect(headers['strict-transport-security']).toMatch(/^max-age=31536000/);
  });
});

describe('other origins', () => {
  const origins = ['https://app.example'];
  const preflight = (origin: string) => ({ origin, 'access-control-request-method': 'GET' });

  it('may not call unless they are named', async () => {
    const { headers } = await ask(await start(undefined), '/api/echo', { origin: 'https://app.example' });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it('may call when they are, with cookies only where that is said', async () => {
    const bff = await start({ cors: { origins } });
    const { headers } = await ask(bff, '/api/echo', preflight('https://app.example'), 'OPTIONS');
    expect(headers['access-control-allow-origin']).toBe('https://app.example');
    expect(headers['access-control-allow-credentials']).toBeUndefined();
    expect(headers['vary']).toMatch(/origin/i);
    const other = await ask(await start({ cors: { origins, credentials: true } }), '/api/echo', {
      origin: 'https://app.example',
    });
    expect(other.headers['access-control-allow-credentials']).toBe('true');
  });

  it.each(['https://app.example.evil.example', 'http://app.example', 'null', 'https://app.example:444'])(
    'that only look alike are not let in: %s',
    async origin => {
      const { headers } = await ask(await start({ cors: { origins, credentials: true } }), '/api/echo', { origin });
      expect(headers['access-control-allow-origin']).toBeUndefined();
    },
  );

  it('are never let in all at once', async () => {
    await expect(start({ cors: { origins: ['*'], credentials: true } })).rejects.toThrow(/any origin \(\*\)/);
  });
});
