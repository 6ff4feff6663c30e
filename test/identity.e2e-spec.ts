import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { builtFixture } from './support/built-fixture.js';
import { request } from './support/http.js';
import { Program, type ProgramOptions } from './support/program.js';

const secret = randomBytes(32);
const privateKey = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const ORIGIN = 'https://telling.example';

/** @returns an access token of the app's issuer */
function tokenOf(subject: string, claims: object = {}): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1_000);
  const times = { iat: now, exp: now + 600, jti: subject, client_id: 'test' };
  const body = { iss: 'https://id.example', aud: 'telling', sub: subject, ...times, ...claims };
  const input = `${part({ alg: 'HS256', typ: 'at+jwt' })}.${part(body)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

interface Told {
  readonly told: string | null;
}

describe('what an upstream is told of the caller', () => {
  const heard: IncomingHttpHeaders[] = [];
  let upstream: Server;
  let folder: string;
  let file: string;
  let bff: Program;
  let url: string;

  beforeAll(async () => {
    upstream = createServer(({ headers }, response) => {
      heard.push(headers);
      const body = JSON.stringify({ told: headers.authorization ?? null });
      response.writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'upstream=1' }).end(body);
    });
    await once(upstream.listen(0, '127.0.0.1'), 'listening');
    folder = mkdtempSync(join(tmpdir(), 'telling-'));
    const { port } = upstream.address() as AddressInfo;
    writeFileSync(join(folder, 'upstreams.json'), JSON.stringify({ echo: [`127.0.0.1:${port}`] }));
    file = builtFixture('telling-app');
    bff = start({ SIGNING_KEY: privateKey, SIGNING_ISSUER: ORIGIN });
    url = `http://127.0.0.1:${(await bff.message<{ type: 'listening'; port: number }>('listening')).port}`;
  });
  afterAll(async () => {
    upstream.closeAllConnections();
    upstream.close();
    rmSync(folder, { recursive: true });
  });

  function start(env: ProgramOptions['env']): Program {
    const discovery = { DISCOVERY: 'static', UPSTREAMS_FILE: join(folder, 'upstreams.json') };
    const own = { PORT: '0', MANAGEMENT_PORT: '0', HMAC_SECRET: secret.toString('base64') };
    return new Program('telling', file, { env: { ...own, ...discovery, ...env } });
  }

  async function verified({ told }: Told): Promise<JWTPayload> {
    const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`));
    const options = { issuer: ORIGIN, audience: 'echo', algorithms: ['EdDSA'], typ: 'at+jwt' };
    return (await jwtVerify(told!.slice('Bearer '.length), keys, options)).payload;
  }

  it('is signed for it, passed on, or nothing, as each call says', async () => {
    const token = tokenOf('ann', { tier: 'gold', email: 'ann@example' });
    const { status, body } = await request(`${url}/pages/told`, { headers: { Authorization: `Bearer ${token}` } });
    expect(status).toBe(200);
    const told = JSON.parse(body) as Record<'signed' | 'later' | 'user' | 'open', Told>;
    expect(told.user.told).toBe(`Bearer ${token}`);
    expect(told.open.told).toBeNull();
    for (const signed of [told.signed, told.later]) {
      const payload = await verified(signed);
      expect(payload).toMatchObject({ sub: 'ann', tier: 'gold' });
      expect(payload).not.toHaveProperty('email');
      expect(payload.exp! - payload.iat!).toBe(60);
    }
  });

  it('is never what the client sends beside it, and no cookie comes back', async () => {
    const from = heard.length;
    const { status, headers } = await request(`${url}/pages/anyone`, {
      headers: { Cookie: 'session=1', 'X-Identity': 'root', 'X-User': 'root', 'Proxy-Authorization': 'Basic eA==' },
    });
    expect(status).toBe(200);
    expect(headers['set-cookie']).toBeUndefined();
    expect(heard).toHaveLength(from + 1);
    const names = Object.keys(heard[from]!).filter(name => /cookie|auth|x-(?:identity|user)/.test(name));
    expect(names).toEqual([]);
  });

  it('leaves a section out, or asks who it is, when nobody is signed in', async () => {
    const anyone = await request(`${url}/pages/anyone`);
    expect(JSON.parse(anyone.body)).toMatchObject({
      _sections: { mine: { state: 'omitted', reason: 'identity-missing' } },
    });
    const someone = await request(`${url}/pages/someone`);
    expect(someone.status).toBe(401);
    expect(someone.headers['www-authenticate']).toBe('Bearer');
    expect(JSON.parse(someone.body)).toMatchObject({ code: 'identity-missing' });
  });

  it('is never about another, with 100 who ask at once', async () => {
    const users = Array.from({ length: 100 }, (_, i) => `user-${i}`);
    await Promise.all(
      users.map(async user => {
        const token = tokenOf(user, { tier: user });
        const { body } = await request(`${url}/pages/told`, { headers: { Authorization: `Bearer ${token}` } });
        const page = JSON.parse(body) as Record<'signed' | 'later' | 'user', Told> & { subject: string };
        const claims = [page.signed, page.later].map(
          ({ told }) => JSON.parse(Buffer.from(told!.split('.')[1]!, 'base64url').toString()) as JWTPayload,
        );
        expect([page.subject, ...claims.flatMap(({ sub, tier }) => [sub, tier])]).toEqual(Array(5).fill(user));
        expect(page.user.told).toBe(`Bearer ${token}`);
      }),
    );
  });

  it('ends the boot in production without a key to say it with', async () => {
    const production = start({ NODE_ENV: 'production', SIGNING_KEY: '', SIGNING_ISSUER: ORIGIN });
    expect((await production.ended).code).toBe(78);
    expect(production.stderr).toMatch(/SIGNING_KEY: there is no key to sign with, and "echo" needs it/);
  });
});
