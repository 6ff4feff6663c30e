import { request as httpRequest } from 'node:http';
import { Controller, Get, type INestApplication, Req, UseGuards } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { type AnyRequest, contextOf, Metrics, MetricsModule, useRequestContext } from 'guichet/observability';
import { useProblems } from 'guichet/problem';
import { Public, Roles, Scopes } from './access.decorators.js';
import { AuthModule } from './auth.module.js';
import { hostileTokens, malformedAuthorizations, signedByOther } from 'guichet/testing';
import { compact, encode, TestIssuer } from 'guichet/testing';
import { TOKEN_REJECTIONS } from './bearer/token-rejected.js';
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

describe.each([
  ['Fastify', () => new FastifyAdapter()],
  ['Express', () => new ExpressAdapter()],
])('IdentityGuard on %s', (_, adapter) => {
  let app: INestApplication;
  let base: string;

  beforeAll(async () => {
    await issuer.start();
    const testing = await Test.createTestingModule({
      imports: [MetricsModule, AuthModule.forRoot({ issuer: issuer.url, audience: 'bff' })],
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

  it.each(Object.entries(hostileTokens(issuer)))('refuses %s', async (_case, forge) => {
    await expectRefused(await get('/mine', `Bearer ${forge()}`), 401, 'Bearer error="invalid_token"');
    await expectRefused(await get('/open', `Bearer ${forge()}`), 401, 'Bearer error="invalid_token"');
    expect(issuer.fetched).toEqual([]);
  });

  it('counts what became of tokens, in as many series however hostile they are', async () => {
    const counted = async () => {
      const lines = (await app.get(Metrics).text()).split('\n').filter(line => /^guichet_(?:token|key_set)/.test(line));
      return new Map(lines.map(line => line.split(' ') as [string, string]).map(([name, n]) => [name, Number(n)]));
    };
    const before = await counted();
    const tokens = [...Object.values(hostileTokens(issuer)).map(forge => forge()), 'a'.repeat(9_000)];
    for (const token of tokens) await get('/mine', `Bearer ${token}`);
    for (const one of Object.values(malformedAuthorizations(issuer))) await get('/mine', one());
    const fresh = issuer.token({ sub: 'never seen' });
    for (let n = 0; n < 3; n++) await get('/mine', `Bearer ${fresh}`);
    const after = await counted();
    expect([...after.keys()]).toEqual([...before.keys()]);
    const grown = [...after].map(([name, n]) => [name, n - before.get(name)!] as const);
    const by = Object.fromEntries(grown.filter(([name, n]) => n > 0 && !name.includes('age_seconds')));
    expect(by).toMatchObject({
      'guichet_token_verifications_total{outcome="accepted",reason=""}': 3,
      'guichet_token_cache_lookups_total{result="hit"}': 2,
    });
    const refused = Object.entries(by).filter(([name]) => name.includes('outcome="rejected"'));
    expect(refused.reduce((sum, [, n]) => sum + n, 0)).toBe(
      tokens.length + Object.keys(malformedAuthorizations(issuer)).length,
    );
    const reasons = refused.map(([name]) => /reason="([\w-]+)"/.exec(name)![1]);
    expect(new Set(reasons)).toEqual(new Set(TOKEN_REJECTIONS));
  });

  it.each(Object.entries(malformedAuthorizations(issuer)))('finds %s malformed', async (_case, authorization) => {
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
    const foreign = signedByOther(issuer).split('.')[2]!;
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
