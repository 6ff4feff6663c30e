import { Controller, Get, type INestApplication, Post, Req, UseGuards } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { type AnyRequest, contextOf, useRequestContext } from 'guichet/observability';
import { useProblems } from 'guichet/problem';
import { Public, Roles, Scopes } from '../access.decorators.js';
import { AuthModule } from '../auth.module.js';
import { compact, TestIssuer } from 'guichet/testing';
import { CsrfGuard, Navigation } from '../csrf/csrf.guard.js';
import { IdentityGuard } from '../identity.guard.js';
import { newId } from './session-id.js';
import { SessionModule } from './session.module.js';
import { sessionOf } from './session-store.contract.js';
import { SessionStore } from './session-store.js';

const ORIGIN = 'https://shop.example';
const FRIEND = 'https://friend.example';
const EVENTS = { 'http://schemas.openid.net/event/backchannel-logout': {} };
const issuer = new TestIssuer();
const handled: string[] = [];

function who(request: AnyRequest): object {
  const { principal, credentials } = contextOf(request)!;
  handled.push(principal?.subject ?? 'nobody');
  return { subject: principal?.subject ?? null, token: credentials?.reveal() ?? null, context: contextOf(request) };
}

@Controller()
@UseGuards(CsrfGuard, IdentityGuard)
class Doors {
  @Get('mine')
  mine(@Req() request: AnyRequest): object {
    return who(request);
  }

  @Post('mine')
  change(@Req() request: AnyRequest): object {
    return who(request);
  }

  @Public()
  @Get('open')
  open(@Req() request: AnyRequest): object {
    return who(request);
  }

  @Public()
  @Navigation()
  @Get('link')
  link(@Req() request: AnyRequest): object {
    return who(request);
  }

  @Scopes('orders')
  @Roles('clerk')
  @Get('desk')
  desk(@Req() request: AnyRequest): object {
    return who(request);
  }
}

@Controller()
@UseGuards(IdentityGuard)
class Unguarded {
  @Get('forgotten')
  forgotten(@Req() request: AnyRequest): object {
    return who(request);
  }
}

describe.each([
  ['Fastify', () => new FastifyAdapter()],
  ['Express', () => new ExpressAdapter()],
])('a session, on %s', (_, adapter) => {
  let app: INestApplication;
  let base: string;
  let store: SessionStore;
  let cookie: string;

  beforeAll(async () => {
    await issuer.start();
    const testing = await Test.createTestingModule({
      imports: [
        AuthModule.forRoot({ issuer: issuer.url, audience: 'bff' }),
        SessionModule.forRoot({
          issuer: issuer.url,
          clientId: 'web',
          clientSecret: 'secret',
          origin: ORIGIN,
          allowedOrigins: [FRIEND],
        }),
      ],
      controllers: [Doors, Unguarded],
    }).compile();
    app = testing.createNestApplication(adapter(), { logger: false });
    useRequestContext(app);
    useProblems(app);
    await app.listen(0, '127.0.0.1');
    base = await app.getUrl();
    store = app.get(SessionStore);
  });
  afterAll(async () => {
    await app.close();
    await issuer.stop();
  });
  beforeEach(async () => {
    cookie = await begin('ann');
    handled.length = 0;
  });

  async function begin(subject: string, claims: object = {}, sid = `sid-${subject}`): Promise<string> {
    const id = newId();
    const session = sessionOf(subject, { issuer: issuer.url, sid, claims: { sub: subject, ...claims } });
    const tokens = { ...session.tokens, accessExpiresAtEpochMs: undefined };
    await store.create(id, { ...session, tokens }, { idleMs: 1_800_000, absoluteMs: 43_200_000 });
    return `__Host-guichet=${id}`;
  }

  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(base + path, { method, headers: { cookie, ...headers } });
  const call = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    get(path, { 'x-csrf': '1', ...headers }, method);

  it('tells a handler who asks, and keeps the token out of what is written down', async () => {
    const said = (await (await call('/mine')).json()) as Record<string, unknown>;
    expect(said).toMatchObject({ subject: 'ann', token: 'access-ann' });
    expect(JSON.stringify(said['context'])).toContain('[redacted]');
    expect(JSON.stringify(said['context'])).not.toContain('access-ann');
  });

  it('is the token’s where there are both, and never falls back to the cookie', async () => {
    const token = issuer.token({ sub: 'bob' });
    const said = await (await get('/mine', { authorization: `Bearer ${token}` })).json();
    expect(said).toMatchObject({ subject: 'bob', token });
    expect((await call('/mine', { authorization: 'Bearer x.y.z' })).status).toBe(401);
    expect((await call('/open', { authorization: 'Bearer x.y.z' })).status).toBe(401);
    expect((await call('/mine', { authorization: 'Basic YTpi' })).status).toBe(400);
    expect(handled).toEqual(['bob']);
  });

  it('that ended is nobody: let into public doors, and asked to log in at others', async () => {
    cookie = `__Host-guichet=${newId()}`;
    const answer = await call('/mine');
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await (await call('/open')).json()).toMatchObject({ subject: null, token: null });
  });

  it('has the scopes that were granted and the roles of its claims', async () => {
    expect((await call('/desk')).status).toBe(403);
    cookie = await begin('carl', { scope: 'openid orders', roles: ['clerk'] });
    expect((await call('/desk')).status).toBe(200);
  });

  it.each<[string, Record<string, string>]>([
    ['no header', {}],
    ['an empty header', { 'x-csrf': '' }],
    ['another value', { 'x-csrf': 'true' }],
    ['another site', { 'x-csrf': '1', 'sec-fetch-site': 'cross-site' }],
    ['a sibling subdomain', { 'x-csrf': '1', 'sec-fetch-site': 'same-site' }],
    ['an address that was typed', { 'x-csrf': '1', 'sec-fetch-site': 'none' }],
    ['another origin', { 'x-csrf': '1', origin: 'https://evil.example' }],
    ['an origin without a name', { 'x-csrf': '1', origin: 'null' }],
    ['its own origin without TLS', { 'x-csrf': '1', origin: 'http://shop.example' }],
    ['an origin that begins like its own', { 'x-csrf': '1', origin: `${ORIGIN}.evil.example` }],
  ])('is refused with %s', async (_case, headers) => {
    for (const [path, method] of [
      ['/mine', 'GET'],
      ['/mine', 'POST'],
      ['/open', 'GET'],
      ['/bff/user', 'GET'],
    ] as const) {
      const answer = await get(path, headers, method);
      expect([path, answer.status]).toEqual([path, 403]);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(await answer.json()).toMatchObject({ code: 'csrf' });
    }
    expect(handled).toEqual([]);
  });

  it.each<[string, Record<string, string>]>([
    ['the header alone, of a browser that says no more', {}],
    ['the app’s own pages', { 'sec-fetch-site': 'same-origin', origin: ORIGIN }],
    ['an origin on the list', { 'sec-fetch-site': 'cross-site', origin: FRIEND }],
  ])('is accepted with %s', async (_case, headers) => {
    expect((await call('/mine', headers, 'POST')).status).toBe(201);
  });

  it('asks no header of who has no session', async () => {
    cookie = 'other=1';
    expect((await get('/open')).status).toBe(200);
    expect((await get('/mine', { authorization: `Bearer ${issuer.token()}` })).status).toBe(200);
  });

  it('is not told to a handler that links reach', async () => {
    expect(await (await get('/link')).json()).toMatchObject({ subject: null });
  });

  it('counts for nothing where CsrfGuard was forgotten, and that is a bug', async () => {
    expect((await call('/forgotten')).status).toBe(500);
    expect(handled).toEqual([]);
  });

  it('slides with each visit, but not by a look', async () => {
    const left = async (query: string) =>
      ((await (await call(`/bff/user${query}`)).json()) as { secondsLeft: number }).secondsLeft;
    const id = cookie.split('=')[1]!;
    const before = store.read(id, false) as { leftMs: number };
    await left('?slide=false');
    expect((store.read(id, false) as { leftMs: number }).leftMs).toBeLessThan(before.leftMs);
    await left('');
    expect((store.read(id, false) as { leftMs: number }).leftMs).toBeGreaterThan(1_800_000 - 1_000);
  });

  it('cannot be logged out by a link of another site', async () => {
    expect((await fetch(`${base}/bff/logout`, { headers: { cookie }, redirect: 'manual' })).status).toBe(403);
    expect((await call('/mine')).status).toBe(200);
  });

  describe('that the issuer ends', () => {
    const now = () => Math.floor(Date.now() / 1000);
    const demand = (claims: object = {}, header: object = {}) =>
      compact(
        { alg: 'RS256', typ: 'logout+jwt', kid: 'main', ...header },
        {
          iss: issuer.url,
          aud: 'web',
          sub: 'ann',
          sid: 'sid-ann',
          iat: now(),
          exp: now() + 120,
          jti: newId(),
          events: EVENTS,
          ...claims,
        },
      );
    const send = (token: string) =>
      fetch(`${base}/bff/backchannel`, { method: 'POST', body: new URLSearchParams({ logout_token: token }) });

    it('is over at once; its other sessions and those of others are not', async () => {
      const bob = await begin('bob');
      const annElsewhere = await begin('ann', {}, 'other');
      const answer = await send(demand());
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect((await call('/mine')).status).toBe(401);
      expect((await call('/mine', { cookie: bob })).status).toBe(200);
      expect((await call('/mine', { cookie: annElsewhere })).status).toBe(200);
      expect((await send(demand({ sid: undefined }))).status).toBe(200);
      expect((await call('/mine', { cookie: annElsewhere })).status).toBe(401);
    });

    it('does not end twice by one token', async () => {
      const token = demand();
      expect((await send(token)).status).toBe(200);
      cookie = await begin('ann');
      expect((await send(token)).status).toBe(400);
      expect((await call('/mine')).status).toBe(200);
    });

    it.each<[string, () => string]>([
      ['of another audience', () => demand({ aud: 'mobile' })],
      ['of no audience', () => demand({ aud: undefined })],
      ['of another issuer', () => demand({ iss: 'https://evil.example' })],
      ['with a nonce', () => demand({ nonce: 'n' })],
      ['without events', () => demand({ events: undefined })],
      ['with another event', () => demand({ events: { 'http://schemas.openid.net/event/other': {} } })],
      ['with an event that is no object', () => demand({ events: { [Object.keys(EVENTS)[0]!]: true } })],
      ['with a list of events', () => demand({ events: Object.keys(EVENTS) })],
      ['that names nobody', () => demand({ sid: undefined, sub: undefined })],
      ['with a sid that is no text', () => demand({ sid: 7 })],
      ['without jti', () => demand({ jti: undefined })],
      ['that is old', () => demand({ iat: now() - 3_600, exp: now() + 60 })],
      ['that is over', () => demand({ exp: now() - 60 })],
      ['of tomorrow', () => demand({ iat: now() + 86_400 })],
      ['without iat', () => demand({ iat: undefined })],
      ['of the type of an access token', () => demand({}, { typ: 'at+jwt' })],
      ['with alg none', () => `${demand({}, { alg: 'none' }).split('.').slice(0, 2).join('.')}.`],
      ['with a signature of another', () => demand().replace(/[^.]+$/, issuer.token().split('.')[2]!)],
      ['that is no token', () => 'x'],
      ['that is an ID token', () => issuer.token({ aud: 'web', nonce: 'n', sid: 'sid-ann' }, { typ: 'JWT' })],
    ])('does not end by a token %s', async (_case, forge) => {
      const answer = await send(forge());
      expect(answer.status).toBe(400);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect((await call('/mine')).status).toBe(200);
    });

    it('does not end by a request without a token, or with two', async () => {
      for (const body of ['', 'logout_token=', `logout_token=${demand()}&logout_token=${demand()}`]) {
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        expect((await fetch(`${base}/bff/backchannel`, { method: 'POST', body, headers })).status).toBe(400);
      }
      expect((await call('/mine')).status).toBe(200);
    });
  });
});
