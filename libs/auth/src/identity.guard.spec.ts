import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { Controller, Get, type INestApplication, Req, UseGuards } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { type AnyRequest, contextOf, useRequestContext } from 'guichet/observability';
import { useProblems } from 'guichet/problem';
import { Public, Roles, Scopes } from './access.decorators.js';
import { AuthModule } from './auth.module.js';
import { compact, encode, TestIssuer } from './bearer/issuer.test-rig.js';
import { IdentityGuard } from './identity.guard.js';

const issuer = new TestIssuer();
const handled: string[] = [];

@Controller()
@UseGuards(IdentityGuard)
class Doors {
  @Get('mine')
  mine(@Req() request: AnyRequest): string {
    handled.push('mine');
    return contextOf(request)!.principal!.subject;
  }

  @Public()
  @Get('open')
  open(@Req() request: AnyRequest): string {
    handled.push('open');
    return contextOf(request)!.principal?.subject ?? 'nobody';
  }

  @Scopes('orders:read', 'orders:write')
  @Get('orders')
  orders(): string {
    return 'orders';
  }

  @Roles('clerk', 'admin')
  @Get('desk')
  desk(): string {
    return 'desk';
  }
}

const pem = () => issuer.publicKey.export({ type: 'spki', format: 'pem' });
const der = () => issuer.publicKey.export({ type: 'spki', format: 'der' });
const jwk = () => issuer.publicKey.export({ format: 'jwk' });
const hmac = (key: string | Buffer) =>
  compact(issuer.header({ alg: 'HS256' }), issuer.claims(), input =>
    createHmac('sha256', key).update(input).digest('base64url'),
  );
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const signedByOther = (header: object) =>
  compact(issuer.header(header), issuer.claims(), input =>
    signBytes('sha256', Buffer.from(input), other.privateKey).toString('base64url'),
  );
const claims = (more: object) => () => issuer.token(more);
const header = (more: object) => () => issuer.token({}, more);
/** Claims with a member written out, where JSON.stringify would not write it so. */
const rawClaims = (member: string) => () =>
  compact(issuer.header(), JSON.stringify(issuer.claims({ exp: undefined })).replace('{', `{${member},`));

/** What a hostile client sends → a token that must not be believed. */
const HOSTILE: Record<string, () => string> = {
  ...Object.fromEntries(
    ['none', 'None', 'NONE', 'nOnE', 'none ', '', null, undefined, ['none'], { none: 1 }, 0].map(alg => [
      `alg ${JSON.stringify(alg)}, unsigned`,
      () => compact(issuer.header({ alg }), issuer.claims(), () => ''),
    ]),
  ),
  'alg none with a signature': header({ alg: 'none' }),
  'HS256 with the public key as PEM': () => hmac(pem()),
  'HS256 with the public key as PEM without its last newline': () => hmac(pem().toString().trim()),
  'HS256 with the public key as DER': () => hmac(der()),
  'HS256 with the public key as JWK': () => hmac(JSON.stringify(jwk())),
  'HS256 with an empty key': () => hmac(''),
  'an embedded jwk of another key': () => signedByOther({ jwk: other.publicKey.export({ format: 'jwk' }) }),
  'an embedded jwk, without kid': () =>
    signedByOther({ kid: undefined, jwk: other.publicKey.export({ format: 'jwk' }) }),
  'a jku to fetch': () => signedByOther({ jku: `${issuer.url}/trap` }),
  'an x5u to fetch': () => signedByOther({ x5u: `${issuer.url}/trap` }),
  'an x5c chain': () => signedByOther({ x5c: [Buffer.from(der()).toString('base64')] }),
  'a kid that is a path': header({ kid: '../../../../dev/null' }),
  'a kid that is SQL': header({ kid: "x' UNION SELECT 'k" }),
  'a kid that is a URL': () => issuer.token({}, { kid: `${issuer.url}/trap` }),
  'a kid of the prototype': header({ kid: '__proto__' }),
  'a kid of a method': header({ kid: 'constructor' }),
  'a kid that is a number': header({ kid: 1 }),
  'a kid that is a list': header({ kid: ['main'] }),
  'an empty kid': header({ kid: '' }),
  'no exp': claims({ exp: undefined }),
  'exp as text': () => issuer.token({ exp: String(Math.floor(Date.now() / 1000) + 300) }),
  'exp 1e400': rawClaims('"exp":1e400'),
  'exp negative': claims({ exp: -1 }),
  'exp null': claims({ exp: null }),
  'exp a minute ago': () => issuer.token({ exp: Math.floor(Date.now() / 1000) - 60 }),
  'nbf in an hour': () => issuer.token({ nbf: Math.floor(Date.now() / 1000) + 3600 }),
  'iat in an hour': () => issuer.token({ iat: Math.floor(Date.now() / 1000) + 3600 }),
  'iat 1e400': () =>
    compact(issuer.header(), JSON.stringify(issuer.claims({ iat: 0 })).replace('"iat":0', '"iat":1e400')),
  'no sub': claims({ sub: undefined }),
  'an empty sub': claims({ sub: '' }),
  'sub as a number': claims({ sub: 7 }),
  'no aud': claims({ aud: undefined }),
  'another aud': claims({ aud: 'bff2' }),
  'aud in other case': claims({ aud: 'BFF' }),
  'aud with a blank': claims({ aud: 'bff ' }),
  'aud that holds it as a part': claims({ aud: 'bff other' }),
  'aud as an object': claims({ aud: { bff: true } }),
  'an empty list of aud': claims({ aud: [] }),
  'no iss': claims({ iss: undefined }),
  'iss with a slash more': () => issuer.token({ iss: `${issuer.url}/` }),
  'iss in another scheme': () => issuer.token({ iss: issuer.url.replace('http', 'https') }),
  'iss as a prefix': () => issuer.token({ iss: `${issuer.url}.evil.example` }),
  'iss as a list': () => issuer.token({ iss: [issuer.url] }),
  'an ID token': () => issuer.token({ nonce: 'n', auth_time: 1 }, { typ: 'JWT' }),
  'no typ': header({ typ: undefined }),
  'a logout token': header({ typ: 'logout+jwt' }),
  'two alg in the header': () => compact('{"alg":"none","typ":"at+jwt","kid":"main","alg":"RS256"}', issuer.claims()),
  'two alg, one escaped': () =>
    compact('{"\\u0061lg":"none","typ":"at+jwt","kid":"main","alg":"RS256"}', issuer.claims()),
  'two sub in the claims': () =>
    compact(issuer.header(), JSON.stringify(issuer.claims()).replace('{', '{"sub":"root",')),
  'an unknown crit': header({ crit: ['exp2'], exp2: 1 }),
  'an empty crit': header({ crit: [] }),
  'b64 false, critical': header({ b64: false, crit: ['b64'] }),
  'b64 false': header({ b64: false }),
  'compressed claims': header({ zip: 'DEF' }),
  'a JWE': () =>
    [encode({ alg: 'RSA-OAEP', enc: 'A256GCM', typ: 'at+jwt' }), 'AAAA', 'AAAA', encode('x'), 'AAAA'].join('.'),
  'an encrypted header in three parts': header({ alg: 'RSA-OAEP', enc: 'A256GCM' }),
  'claims that are a list': () => compact(issuer.header(), [issuer.claims()]),
  'claims that are no JSON': () => compact(issuer.header(), 'hello'),
  'a header that is no UTF-8': () =>
    `${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.${encode(issuer.claims())}.AAAA`,
  'padding after the signature': () => `${issuer.token()}=`,
  'the other base64 alphabet': () => {
    for (;;) {
      const token = issuer.token({ jti: String(Math.random()) });
      if (/[-_]/.test(token)) return token.replaceAll('-', '+').replaceAll('_', '/');
    }
  },
  'a last character with other unused bits': () => {
    // 256 bytes leave 2 bits of the last character unused but for 4: its neighbour spells the same bytes.
    const token = issuer.token();
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    return token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1)!) ^ 1];
  },
  'four parts': () => `${issuer.token()}.AAAA`,
  'two parts': () => issuer.token().split('.').slice(0, 2).join('.'),
  'no signature': () => `${issuer.token().split('.').slice(0, 2).join('.')}.`,
  'a signature by another key': () => signedByOther({}),
  'a signature cut short': () => issuer.token().slice(0, -8),
};

const MALFORMED: Record<string, () => string> = {
  'the JSON serialization': () => {
    const [protectedHeader, payload, signature] = issuer.token().split('.');
    return `Bearer ${JSON.stringify({ payload, signatures: [{ protected: protectedHeader, signature }] })}`;
  },
  'a blank in the token': () => `Bearer ${issuer.token().replace('.', ' .')}`,
  'no token': () => 'Bearer ',
  'another scheme': () => 'Basic YTpi',
  'two tokens in one header': () => `Bearer ${issuer.token()}, Bearer ${issuer.token()}`,
};

describe.each([
  ['Fastify', () => new FastifyAdapter()],
  ['Express', () => new ExpressAdapter()],
])('IdentityGuard on %s', (_, adapter) => {
  let app: INestApplication;
  let base: string;

  beforeAll(async () => {
    await issuer.start();
    const testing = await Test.createTestingModule({
      imports: [AuthModule.forRoot({ issuer: issuer.url, audience: 'bff' })],
      controllers: [Doors],
    }).compile();
    app = testing.createNestApplication(adapter(), { logger: false });
    useRequestContext(app);
    useProblems(app);
    await app.listen(0, '127.0.0.1');
    base = await app.getUrl();
    // Fetches the keys: what is fetched later, a hostile token asked for.
    await get('/mine', `Bearer ${issuer.token()}`);
  });
  afterAll(async () => {
    await app.close();
    await issuer.stop();
  });
  beforeEach(() => {
    handled.length = 0;
    issuer.fetched.length = 0;
  });

  const get = (path: string, authorization?: string) =>
    fetch(base + path, authorization === undefined ? {} : { headers: { authorization } });

  async function expectRefused(answer: Response, status: number, scheme: string): Promise<void> {
    expect(answer.status).toBe(status);
    expect(answer.headers.get('www-authenticate')).toBe(scheme);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(handled).toEqual([]);
    const text = await answer.text();
    expect(text).not.toMatch(/at \w+ \(|jose|JWS|node:/);
  }

  it('tells a handler who asks', async () => {
    const answer = await get('/mine', `Bearer ${issuer.token()}`);
    expect([answer.status, await answer.text()]).toEqual([200, 'ann']);
  });

  it('accepts the scheme in any case, a list of audiences and the long typ', async () => {
    const token = issuer.token({ aud: ['other', 'bff'] }, { typ: 'application/at+JWT' });
    expect((await get('/mine', `bEARER ${token}`)).status).toBe(200);
  });

  it('asks for a token where none came, and lets nobody into a public door only', async () => {
    await expectRefused(await get('/mine'), 401, 'Bearer');
    expect(await (await get('/open')).text()).toBe('nobody');
    expect(await (await get('/open', `Bearer ${issuer.token()}`)).text()).toBe('ann');
  });

  it.each(Object.entries(HOSTILE))('refuses %s', async (_case, forge) => {
    await expectRefused(await get('/mine', `Bearer ${forge()}`), 401, 'Bearer error="invalid_token"');
    await expectRefused(await get('/open', `Bearer ${forge()}`), 401, 'Bearer error="invalid_token"');
    expect(issuer.fetched).toEqual([]);
  });

  it.each(Object.entries(MALFORMED))('finds %s malformed', async (_case, authorization) => {
    await expectRefused(await get('/mine', authorization()), 400, 'Bearer error="invalid_request"');
  });

  it('does not look for a token in the query or the cookie', async () => {
    await expectRefused(await get(`/mine?access_token=${issuer.token()}`), 401, 'Bearer');
    const cookie = `access_token=${issuer.token()}`;
    await expectRefused(await fetch(`${base}/mine`, { headers: { cookie } }), 401, 'Bearer');
  });

  it('refuses two Authorization headers, whatever they say', async () => {
    const token = `Bearer ${issuer.token()}`;
    for (const pair of [
      [token, token],
      [token, 'Bearer x'],
      ['Bearer x', token],
    ]) {
      const status = await new Promise<number>((resolve, reject) => {
        httpRequest(`${base}/mine`, { headers: ['Authorization', pair[0]!, 'authorization', pair[1]!, 'Host', 'x'] })
          .on('response', response => resolve(response.resume().statusCode!))
          .on('error', reject)
          .end();
      });
      expect(status).toBe(400);
    }
    expect(handled).toEqual([]);
  });

  it('refuses a kid of 10 KB and a token of 100 KB', async () => {
    expect([401, 431]).toContain(
      (await get('/mine', `Bearer ${issuer.token({}, { kid: 'k'.repeat(10_240) })}`)).status,
    );
    expect((await get('/mine', `Bearer ${issuer.token({ junk: 'x'.repeat(100_000) })}`)).status).toBe(431);
    expect(handled).toEqual([]);
  });

  it('does not derive a key from a password, however often the token asks for it', async () => {
    const token = compact(
      issuer.header({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 2_000_000_000, p2s: 'AAAA' }),
      issuer.claims(),
    );
    await get('/mine', `Bearer ${token}`);
    const before = process.cpuUsage();
    const answer = await get('/mine', `Bearer ${token}`);
    const { user, system } = process.cpuUsage(before);
    await expectRefused(answer, 401, 'Bearer error="invalid_token"');
    // The whole of the request and of this client; one derivation of that count is minutes.
    expect((user + system) / 1000).toBeLessThan(100);
  });

  it('does not take a known token for another with its beginning', async () => {
    const token = issuer.token({ jti: 'cached' });
    for (let n = 0; n < 2; n++) expect((await get('/mine', `Bearer ${token}`)).status).toBe(200);
    handled.length = 0;
    const [head, body, signature] = token.split('.') as [string, string, string];
    const foreign = signedByOther({}).split('.')[2]!;
    await expectRefused(await get('/mine', `Bearer ${head}.${body}.${foreign}`), 401, 'Bearer error="invalid_token"');
    const tampered = encode(issuer.claims({ sub: 'root', jti: 'cached' }));
    await expectRefused(
      await get('/mine', `Bearer ${head}.${tampered}.${signature}`),
      401,
      'Bearer error="invalid_token"',
    );
    await expectRefused(await get('/mine', `Bearer ${token}x`), 401, 'Bearer error="invalid_token"');
  });

  it('lets in who has all scopes, and says which are needed', async () => {
    const few = await get('/orders', `Bearer ${issuer.token({ scope: 'orders:read' })}`);
    await expectRefused(few, 403, 'Bearer error="insufficient_scope", scope="orders:read orders:write"');
    const near = await get('/orders', `Bearer ${issuer.token({ scope: 'orders:read orders:writer' })}`);
    expect(near.status).toBe(403);
    expect((await get('/orders', `Bearer ${issuer.token({ scope: 'orders:write orders:read' })}`)).status).toBe(200);
  });

  it('lets in who has one of the roles', async () => {
    expect((await get('/desk', `Bearer ${issuer.token({ roles: ['guest'] })}`)).status).toBe(403);
    expect((await get('/desk', `Bearer ${issuer.token()}`)).status).toBe(403);
    expect((await get('/desk', `Bearer ${issuer.token({ roles: ['guest', 'clerk'] })}`)).status).toBe(200);
  });
});
