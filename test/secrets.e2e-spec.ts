import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { as, startBff } from './support/bff.js';
import { builtFixture } from './support/built-fixture.js';
import { request, sendRaw } from './support/http.js';
import { linesOf, logLines } from './support/log-lines.js';
import { Program, type ProgramOptions } from './support/program.js';
import { scratchFolder, startAllServices } from './support/services.js';
import { until } from './support/until.js';

/** Every secret that is planted, by where; each is told from any other text. */
const planted: Record<string, string> = {};

function secret(where: string, make: (random: string) => string = random => random): string {
  const value = make(randomBytes(15).toString('base64url').replace(/[-_]/g, 'x'));
  planted[where] = value;
  return value;
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (random: string): string => `${part({ alg: 'HS256' })}.${part({ sub: random })}.${random}`;

const headers = {
  Authorization: `Bearer ${secret('a bearer token')}`,
  'Proxy-Authorization': `Basic ${secret('basic credentials', random => Buffer.from(`u:${random}`).toString('base64'))}`,
  Cookie: `__Host-session=${secret('a session cookie')}; theme=dark; rest=${secret('another cookie')}`,
  'X-Api-Key': secret('an API key'),
  'X-CSRF-Token': secret('a CSRF token'),
};
const sent = {
  user: 'mia',
  password: secret('a password', random => `"quo'ted\\ ${random}`),
  nested: { client_secret: secret('a client secret'), tokens: [secret('a token of a list')] },
  refreshToken: secret('a refresh token'),
  id_token: secret('an id token', jwt),
  note: `my new card is at https://mia:${secret('a password in a URL')}@cards.example/`,
  assertion: secret('a JWT under an innocent name', jwt),
};
const query = `access_token=${secret('a token in a query')}&page=2`;
const privateKey = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
planted['a key'] = privateKey.split('\n')[1]!;
const configured = {
  REDIS_URL: `redis://app:${secret('the Redis password')}@127.0.0.1:1/0`,
  DATABASE_URL: `postgres://app:${secret('a database password')}@127.0.0.1:1/db`,
  PARTNER_API_KEY: secret('a configured key'),
  SIGNING_KEY: privateKey.replaceAll('\n', '\\n'),
};
const fromUpstream = {
  access_token: secret('a token of an upstream'),
  set_cookie: `sid=${secret('a cookie of an upstream')}`,
};

let partner: Server;
let upstreamsFile: string;

beforeAll(async () => {
  partner = createServer((incoming, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.setHeader('Set-Cookie', fromUpstream.set_cookie);
    if (incoming.url === '/ask/broken') return void response.end(JSON.stringify(fromUpstream).slice(0, -1));
    response.statusCode = incoming.url === '/ask/refused' ? 422 : 500;
    response.end(JSON.stringify({ ...fromUpstream, title: 'no' }));
  }).listen(0, '127.0.0.1');
  await once(partner, 'listening');
  upstreamsFile = join(scratchFolder(), 'partner.json');
  writeFileSync(upstreamsFile, JSON.stringify({ partner: [`127.0.0.1:${(partner.address() as AddressInfo).port}`] }));
});

afterAll(() => void partner.close());

async function startCareless(env: ProgramOptions['env']): Promise<{ program: Program; url: string; port: number }> {
  const program = new Program('careless', builtFixture('careless-app'), {
    env: { DISCOVERY: 'static', UPSTREAMS_FILE: upstreamsFile, LOG_LEVEL: 'trace', ...configured, ...env },
  });
  const { port } = await program.message<{ type: 'listening'; port: number }>('listening');
  return { program, url: `http://127.0.0.1:${port}`, port };
}

/** @returns where each secret came from that stands in a program's output, also as parts of it are escaped */
function leaked({ stdout, stderr }: Program): readonly string[] {
  const output = stdout + stderr;
  return Object.entries(planted)
    .filter(([, value]) => [value, value.replace(/^\W.*\W/, '')].some(text => output.includes(text)))
    .map(([where]) => where);
}

describe.each(['json', 'pretty'])('the log of an app that writes down everything, as %s', format => {
  let careless: Awaited<ReturnType<typeof startCareless>>;

  beforeAll(async () => {
    careless = await startCareless({ LOG_FORMAT: format });
  });

  it('holds no secret of headers, queries, bodies, errors, and what was configured', async () => {
    const { program, url } = careless;
    const answer = await request(`${url}/careless?${query}`, {
      method: 'POST',
      headers: { ...headers, 'X-Request-Id': 'careless-1' },
      body: sent,
    });
    expect(answer.status).toBe(500);
    await request(`${url}/unknown?${query}`, { method: 'POST', headers, body: sent });
    const unreadable = JSON.stringify(sent).slice(1);
    await request(`${url}/careless`, { method: 'POST', headers, form: unreadable });
    await sendRaw(
      careless.port,
      `GET /%zz?${query} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: ${headers.Cookie}\r\n\r\n`,
    );
    await until('all of it is logged', () => /bad-request[^]*bad-request/.test(program.stdout));
    expect(leaked(program)).toEqual([]);
    // What it is for can be read still.
    expect(program.stdout).toMatch(/it failed/);
    expect(program.stdout).toContain('[redacted]');
    expect(program.stdout).toContain('mia');
  });

  it('holds none of an upstream’s answers', async () => {
    const { program, url } = careless;
    for (const how of ['broken', 'refused', 'failed']) {
      for (const isBroken of [false, true]) {
        const { status } = await request(`${url}/pages/ask`, { method: 'POST', headers, body: { how, isBroken } });
        expect(status).toBeGreaterThanOrEqual(400);
      }
    }
    const line = format === 'json' ? /"page":"AskCommand"/g : /: POST AskCommand/g;
    await until('the last is logged', () => program.stdout.match(line)?.length === 6);
    expect(leaked(program)).toEqual([]);
  });

  it('tells a bug’s stack once, under the request’s id, beside the request’s own line', () => {
    if (format !== 'json') return expect(careless.program.stdout.match(/TypeError: the partner said/g)).toHaveLength(3);
    const lines = linesOf(careless.program, 'careless-1');
    expect(lines.map(({ level, context, code }) => [level, context, code])).toEqual([
      ['error', 'Problem', undefined],
      ['error', 'Request', 'internal-error'],
    ]);
    expect(lines[0]).toMatchObject({ err: { stack: expect.stringContaining('CarelessController') as string } });
    expect(JSON.stringify(lines[1])).not.toContain('    at ');
  });

  it('tells which request a page’s own words belong to', () => {
    if (format !== 'json') return expect(careless.program.stdout).toContain('[Careless] asking the partner');
    const own = logLines(careless.program).filter(({ msg }) => msg === 'asking the partner');
    const requests = logLines(careless.program).filter(({ page }) => page === 'AskCommand');
    expect(own).toHaveLength(6);
    expect(own.map(({ requestId }) => requestId)).toEqual(requests.map(({ requestId }) => requestId));
  });

  it('has the last line of a process that ends', async () => {
    expect(await careless.program.end()).toMatchObject({ code: 0 });
    expect(careless.program.stdout.trim().split('\n').at(-1)).toContain('ended');
    expect(leaked(careless.program)).toEqual([]);
  });

  it.each(['throw', 'reject'])('has the last words of one that crashes by a %s, without secrets', async type => {
    const { program } = await startCareless({ LOG_FORMAT: format });
    program.child.send({ type });
    expect(await program.ended).toMatchObject({ code: 1 });
    expect(program.stdout).toContain('lost the connection to');
    expect(program.stdout.split('\n').at(-1)).toBe('');
    expect(program.stderr).toBe('');
    expect(leaked(program)).toEqual([]);
  });

  it('and stderr hold none of a boot that fails', async () => {
    const program = new Program('careless', builtFixture('careless-app'), {
      env: { DISCOVERY: 'static', UPSTREAMS_FILE: upstreamsFile, FAILS: 'boot', LOG_FORMAT: format, ...configured },
    });
    expect(await program.ended).toMatchObject({ code: 1 });
    expect(program.stderr).toContain('cannot connect to');
    expect(leaked(program)).toEqual([]);
  });
});

it.each(['json', 'pretty'])('the web app’s output as %s holds no secret of its settings and callers', async format => {
  const services = await startAllServices();
  const web = await startBff('web', {
    DISCOVERY: 'static',
    UPSTREAMS_FILE: services.upstreamsFile,
    LOG_FORMAT: format,
    LOG_LEVEL: 'trace',
    CONSUL_HTTP_TOKEN: secret('the Consul token'),
    REDIS_URL: configured.REDIS_URL,
    SESSION_STORE: 'memory',
  });
  const token = (await as('mia')).Authorization;
  planted['an access token'] = token.slice('Bearer '.length);
  for (const path of ['/pages/films/1', '/pages/account', '/pages/nothing', '/bff/user', '/bff/callback']) {
    await request(`${web.url}${path}?${query}`, { headers: { ...headers, Authorization: token } });
    await request(`${web.url}${path}?${query}`, { headers });
  }
  await web.program.end();
  expect(web.program.stdout).toMatch(/Redis|ECONNREFUSED/);
  expect(leaked(web.program)).toEqual([]);
});
