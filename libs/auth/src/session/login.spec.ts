import { Controller, Get, type INestApplication, Req, UseGuards } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { type AnyRequest, contextOf, Metrics, MetricsModule, useRequestContext } from 'guichet/observability';
import { useProblems } from 'guichet/problem';
import { AuthModule } from '../auth.module.js';
import { CsrfGuard } from '../csrf/csrf.guard.js';
import { IdentityGuard } from '../identity.guard.js';
import { CookieBrowser, RealIssuer } from './real-issuer.test-rig.js';
import { describeWithRedis, freePort, RealRedis } from 'guichet/testing';
import { SessionStore } from './session-store.js';
import { SessionModule, type SessionModuleOptions } from './session.module.js';

// Three processes and a Redis start here, on whatever else the machine does.
jest.setTimeout(60_000);

const issuer = new RealIssuer();
const CALL = { 'x-csrf': '1' };
const seenTokens: string[] = [];

@Controller()
@UseGuards(CsrfGuard, IdentityGuard)
class Doors {
  @Get('mine')
  mine(@Req() request: AnyRequest): object {
    const { principal, credentials } = contextOf(request)!;
    seenTokens.push(credentials!.reveal());
    return { subject: principal!.subject, tier: principal!.claims['tier'] };
  }
}

async function startApp(port: number, options: SessionModuleOptions, adapter = new FastifyAdapter() as never) {
  const testing = await Test.createTestingModule({
    imports: [
      MetricsModule,
      AuthModule.forRoot({ issuer: issuer.url, audience: 'bff' }),
      SessionModule.forRoot(options),
    ],
    controllers: [Doors],
  }).compile();
  const app: INestApplication = testing.createNestApplication(adapter, { logger: false });
  useRequestContext(app);
  useProblems(app);
  await app.listen(port, '127.0.0.1');
  return app;
}

function sessionOptionsFor(origin: string, more: SessionModuleOptions = {}): SessionModuleOptions {
  return {
    issuer: issuer.url,
    clientId: 'web',
    clientSecret: 'web-secret-that-is-long-enough-for-everything',
    origin,
    insecureLocalhost: true,
    // oidc-provider gives a refresh token for offline_access only with it.
    authorizationParameters: { prompt: 'consent' },
    ...more,
  };
}

/** The app's address is another site than the issuer's; both are this machine. */
const at = (port: number) => `http://localhost:${port}`;
const isCallback = (url: string) => url.includes('/bff/callback');

/** From the login's door to the callback's address, which is not visited yet. */
async function approach(
  browser: CookieBrowser,
  origin: string,
  returnUrl = '/films/1',
  change: (url: URL) => void = () => {},
): Promise<string> {
  const door = await browser.get(`${origin}/bff/login?returnUrl=${encodeURIComponent(returnUrl)}`);
  const url = new URL(door.headers.get('location')!);
  change(url);
  return browser.follow(url.href, isCallback);
}

async function logIn(origin: string): Promise<CookieBrowser> {
  const browser = new CookieBrowser();
  const answer = await browser.get(await approach(browser, origin));
  if (answer.status !== 302) throw new Error(`${answer.status} ${await answer.text()}`);
  return browser;
}

/** Lets the access token of a browser's session be over, or about to be. */
async function age(app: INestApplication, browser: CookieBrowser, origin: string, leftMs: number): Promise<void> {
  const store = app.get(SessionStore);
  const id = browser.cookie(origin, 'guichet')!;
  const { session, version } = (await store.read(id, false))!;
  const tokens = { ...session.tokens, accessExpiresAtEpochMs: Date.now() + leftMs };
  expect(await store.replace(id, { ...session, tokens }, version)).toBe(true);
}

/** What was counted of logins and sessions, by series, those at 0 left out. */
async function counted(app: INestApplication): Promise<Map<string, number>> {
  const lines = (await app.get(Metrics).text()).split('\n').filter(line => line.startsWith('guichet_session'));
  const all = lines.map(line => line.slice('guichet_'.length).split(' ') as [string, string]);
  return new Map(all.map(([name, value]) => [name, Number(value)]));
}

const wellAgain = () => issuer.set({ refreshStatus: 200, refreshDelayMs: 0 });

describe.each([
  ['Fastify', () => new FastifyAdapter()],
  ['Express', () => new ExpressAdapter()],
])('logging in by a real issuer, on %s', (_, adapter) => {
  let app: INestApplication;
  let origin: string;

  beforeAll(async () => {
    const port = await freePort();
    origin = at(port);
    await issuer.start(origin);
    app = await startApp(port, sessionOptionsFor(origin), adapter() as never);
  });
  afterAll(async () => {
    await app.close();
    await issuer.stop();
  });
  afterEach(wellAgain);

  const user = async (browser: CookieBrowser, query = '') =>
    (await browser.get(`${origin}/bff/user${query}`, CALL)).json() as Promise<Record<string, never>>;

  it('sends the browser there with PKCE, and back to where it was', async () => {
    const browser = new CookieBrowser();
    const door = await browser.get(`${origin}/bff/login?returnUrl=/films/1%3Fa=b`);
    expect(door.status).toBe(302);
    const asked = new URL(door.headers.get('location')!).searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect(asked.get('code_challenge')).toHaveLength(43);
    expect([asked.get('state')!.length, asked.get('nonce')!.length]).toEqual([43, 43]);
    expect(browser.lastSet).toHaveLength(1);
    expect(browser.lastSet[0]).toMatch(/^guichet-login=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
    const answer = await browser.get(await browser.follow(door.headers.get('location')!, isCallback));
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/films/1?a=b']);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(browser.lastSet).toEqual([
      expect.stringMatching(/^guichet-login=; Max-Age=0; /),
      expect.stringMatching(/^guichet=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/),
    ]);
  });

  it('knows the visitor afterwards, and gives the browser no token', async () => {
    const browser = await logIn(origin);
    const mine = await browser.get(`${origin}/mine`, CALL);
    expect(await mine.json()).toEqual({ subject: 'ann', tier: 'gold' });
    const said = await user(browser);
    expect(said).toMatchObject({ claims: { sub: 'ann', name: 'Name of ann' } });
    expect(said['secondsLeft']).toBeGreaterThan(1_790);
    expect(Object.keys(said['claims']!)).not.toContain('nonce');
    expect(JSON.stringify(said)).not.toContain(seenTokens.at(-1)!);
    expect(JSON.stringify(said)).not.toMatch(/ey[\w-]+\.ey/);
  });

  it('knows nobody without the cookie, with another or with a hostile one', async () => {
    const browser = await logIn(origin);
    const id = browser.cookie(origin, 'guichet')!;
    for (const value of [
      `${id.slice(0, -1)}${id.endsWith('A') ? 'E' : 'A'}`,
      id.slice(1),
      `${id}x`,
      'x'.repeat(9_216),
      '__proto__',
      '',
    ]) {
      const answer = await fetch(`${origin}/mine`, { headers: { ...CALL, cookie: `guichet=${value}` } });
      expect([401, 431]).toContain(answer.status);
    }
    const twice = await fetch(`${origin}/mine`, {
      headers: { ...CALL, cookie: `guichet=${id}; guichet=${'A'.repeat(43)}` },
    });
    expect(twice.status).toBe(401);
    expect((await fetch(`${origin}/bff/user`)).status).toBe(401);
  });

  it('gives a new id at every login, and ends the session before', async () => {
    const browser = await logIn(origin);
    const before = browser.cookie(origin, 'guichet')!;
    await browser.get(await approach(browser, origin));
    expect(browser.cookie(origin, 'guichet')).not.toBe(before);
    const fixed = await fetch(`${origin}/mine`, { headers: { ...CALL, cookie: `guichet=${before}` } });
    expect(fixed.status).toBe(401);
  });

  it('does not take over an id that somebody put there before the login', async () => {
    const browser = new CookieBrowser();
    const planted = 'A'.repeat(43);
    browser.setCookie(origin, 'guichet', planted);
    await browser.get(await approach(browser, origin));
    expect(browser.cookie(origin, 'guichet')).not.toBe(planted);
    expect((await fetch(`${origin}/mine`, { headers: { ...CALL, cookie: `guichet=${planted}` } })).status).toBe(401);
  });

  it.each<[string, (url: URL) => void]>([
    ['another state', url => url.searchParams.set('state', 'x'.repeat(43))],
    ['no state', url => url.searchParams.delete('state')],
    ['two states', url => url.searchParams.append('state', url.searchParams.get('state')!)],
    ['another iss', url => url.searchParams.set('iss', 'https://evil.example')],
    ['no iss', url => url.searchParams.delete('iss')],
    ['another code', url => url.searchParams.set('code', 'x'.repeat(43))],
    ['no code', url => url.searchParams.delete('code')],
    ['an error', url => url.searchParams.set('error', 'access_denied')],
    ['nothing at all', url => (url.search = '')],
  ])('refuses a callback with %s', async (_case, change) => {
    const browser = new CookieBrowser();
    const url = new URL(await approach(browser, origin));
    change(url);
    const answer = await browser.get(url.href);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'login-failed' });
    expect(browser.cookie(origin, 'guichet')).toBeUndefined();
    // And the login is over: the right answer, afterwards, is too late.
    expect(browser.cookie(origin, 'guichet-login')).toBeUndefined();
  });

  it.each<[string, (url: URL) => void]>([
    ['nonce', url => url.searchParams.set('nonce', 'n'.repeat(43))],
    ['code challenge', url => url.searchParams.set('code_challenge', 'c'.repeat(43))],
  ])('refuses a code that was asked for with another %s', async (_case, change) => {
    const browser = new CookieBrowser();
    const answer = await browser.get(await approach(browser, origin, '/', change));
    expect(answer.status).toBe(400);
    expect(browser.cookie(origin, 'guichet')).toBeUndefined();
  });

  it('takes a callback once, and from the browser that began alone', async () => {
    const [browser, other] = [new CookieBrowser(), new CookieBrowser()];
    const url = await approach(browser, origin);
    const login = browser.cookie(origin, 'guichet-login')!;
    expect((await other.get(url)).status).toBe(400);
    expect((await browser.get(url)).status).toBe(302);
    browser.setCookie(origin, 'guichet-login', login);
    expect((await browser.get(url)).status).toBe(400);
  });

  it("refuses another's code in one's own login", async () => {
    const [victim, attacker] = [new CookieBrowser(), new CookieBrowser()];
    const url = new URL(await approach(victim, origin));
    url.searchParams.set('code', new URL(await approach(attacker, origin)).searchParams.get('code')!);
    expect((await victim.get(url.href)).status).toBe(400);
  });

  it.each(['//evil.example', '/\\evil.example', '/%2fevil.example', 'https://evil.example'])(
    'does not begin a login that ends at %s',
    async returnUrl => {
      const answer = await new CookieBrowser().get(`${origin}/bff/login?returnUrl=${encodeURIComponent(returnUrl)}`);
      expect(answer.status).toBe(400);
      expect(answer.headers.getSetCookie()).toEqual([]);
    },
  );

  it('logs out here and at the issuer, only by the URL that it gave', async () => {
    const browser = await logIn(origin);
    const id = browser.cookie(origin, 'guichet')!;
    for (const query of ['', '?token=', '?token=x', `?token=${'A'.repeat(43)}`, '?token=a&token=b']) {
      expect((await browser.get(`${origin}/bff/logout${query}`)).status).toBe(403);
    }
    const { logoutUrl } = await user(browser);
    expect(String(logoutUrl)).not.toContain(id);
    const answer = await browser.get(origin + String(logoutUrl));
    const target = new URL(answer.headers.get('location')!);
    expect(target.origin).toBe(issuer.url);
    expect(target.searchParams.get('post_logout_redirect_uri')).toBe(`${origin}/`);
    expect((await fetch(`${origin}/mine`, { headers: { ...CALL, cookie: `guichet=${id}` } })).status).toBe(401);
    expect((await browser.get(`${origin}/bff/logout`)).headers.get('location')).toBe('/');
  });

  it('ends the session that the issuer names, by a call of the real issuer', async () => {
    const [ann, other] = [await logIn(origin), await logIn(origin)];
    const store = app.get(SessionStore);
    const { session } = store.read(ann.cookie(origin, 'guichet')!, false) as { session: { sid: string } };
    expect(session.sid).toEqual(expect.any(String));
    await issuer.logOut('ann', session.sid);
    expect((await ann.get(`${origin}/mine`, CALL)).status).toBe(401);
    expect((await other.get(`${origin}/mine`, CALL)).status).toBe(200);
  });

  it('refreshes once for 50 requests at the same time, and goes on with the new token', async () => {
    const browser = await logIn(origin);
    await age(app, browser, origin, 20_000);
    await issuer.set({ refreshDelayMs: 100 });
    const before = await issuer.refreshes();
    seenTokens.length = 0;
    const answers = await Promise.all(Array.from({ length: 50 }, () => browser.get(`${origin}/mine`, CALL)));
    expect(answers.map(answer => answer.status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(await issuer.refreshes()).toBe(before + 1);
    expect((await browser.get(`${origin}/mine`, CALL)).status).toBe(200);
    expect(await issuer.refreshes()).toBe(before + 1);
    expect(seenTokens.at(-1)).not.toBe(seenTokens.find(token => token !== seenTokens.at(-1)));
  });

  it('goes on with the old token while the issuer fails, and asks it no more than once a second', async () => {
    const browser = await logIn(origin);
    await age(app, browser, origin, 20_000);
    await issuer.set({ refreshStatus: 503 });
    const before = await issuer.refreshes();
    for (let n = 0; n < 5; n++) expect((await browser.get(`${origin}/mine`, CALL)).status).toBe(200);
    expect(await issuer.refreshes()).toBe(before + 1);
  });

  it('says 503 when the token is over and the issuer fails, and keeps the session', async () => {
    const browser = await logIn(origin);
    await age(app, browser, origin, -1);
    await issuer.set({ refreshStatus: 503 });
    const answer = await browser.get(`${origin}/mine`, CALL);
    expect(answer.status).toBe(503);
    expect((await browser.get(`${origin}/bff/user`, CALL)).status).toBe(200);
  });

  it('ends the session when its refresh token is void', async () => {
    const browser = await logIn(origin);
    await age(app, browser, origin, 20_000);
    const store = app.get(SessionStore);
    const id = browser.cookie(origin, 'guichet')!;
    const { session, version } = (await store.read(id, false))!;
    await store.replace(id, { ...session, tokens: { ...session.tokens, refreshToken: 'void' } }, version);
    expect((await browser.get(`${origin}/mine`, CALL)).status).toBe(401);
    expect(await store.read(id, false)).toBeUndefined();
  });

  it('counts what became of logins and sessions', async () => {
    const before = await counted(app);
    const [leaver, byIssuer, voided, stays] = [
      await logIn(origin),
      await logIn(origin),
      await logIn(origin),
      await logIn(origin),
    ];
    const store = app.get(SessionStore);
    await leaver.get(origin + String((await user(leaver))['logoutUrl']));
    const { session } = store.read(byIssuer.cookie(origin, 'guichet')!, false) as { session: { sid: string } };
    await issuer.logOut('ann', session.sid);
    await fetch(`${origin}/bff/backchannel`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'logout_token=a.b.c',
    });
    await age(app, stays, origin, 20_000);
    await stays.get(`${origin}/mine`, CALL);
    await age(app, voided, origin, 20_000);
    await issuer.set({ refreshStatus: 503 });
    await voided.get(`${origin}/mine`, CALL);
    await new CookieBrowser().get(`${origin}/bff/callback?code=x&state=y`);
    const wrong = new CookieBrowser();
    await wrong.get(`${await approach(wrong, origin)}x`);

    const after = await counted(app);
    const grown = [...after].map(([name, value]) => [name, value - (before.get(name) ?? 0)] as const);
    expect(Object.fromEntries(grown.filter(([, value]) => value !== 0))).toEqual({
      session_logins_begun_total: 5,
      'session_logins_total{outcome="completed",reason=""}': 4,
      'session_logins_total{outcome="failed",reason="not-begun"}': 1,
      'session_logins_total{outcome="failed",reason="rejected"}': 1,
      'session_logouts_total{by="user"}': 1,
      'session_logouts_total{by="issuer"}': 1,
      'session_backchannel_logouts_total{outcome="accepted"}': 1,
      'session_backchannel_logouts_total{outcome="rejected"}': 1,
      'session_refreshes_total{outcome="refreshed"}': 1,
      'session_refreshes_total{outcome="unavailable"}': 1,
      sessions_live: 2,
    });
  });
});

describeWithRedis('two replicas on one Redis', () => {
  const redis = new RealRedis();
  const apps: INestApplication[] = [];
  let origins: string[];

  beforeAll(async () => {
    await redis.start();
    const ports = [await freePort(), await freePort()];
    origins = ports.map(at);
    await issuer.start(origins[0]!);
    for (const port of ports) apps.push(await startApp(port, sessionOptionsFor(origins[0]!, { redisUrl: redis.url })));
  });
  afterAll(async () => {
    await Promise.all(apps.map(app => app.close()));
    await issuer.stop();
    await redis.stop();
  });
  afterEach(wellAgain);

  it.each([
    ['about to end', 20_000],
    ['that is over', -1],
  ])('refresh an access token %s once for 50 parallel requests', async (_, leftMs) => {
    const browser = await logIn(origins[0]!);
    await age(apps[0]!, browser, origins[0]!, leftMs);
    await issuer.set({ refreshDelayMs: 150 });
    const before = await issuer.refreshes();
    const cookie = `guichet=${browser.cookie(origins[0]!, 'guichet')}`;
    const answers = await Promise.all(
      Array.from({ length: 50 }, (__, n) => fetch(`${origins[n % 2]}/mine`, { headers: { ...CALL, cookie } })),
    );
    expect(answers.map(answer => answer.status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(await issuer.refreshes()).toBe(before + 1);
  });

  it('fail for a session that is over its token at once, while the issuer fails', async () => {
    const browser = await logIn(origins[0]!);
    await age(apps[0]!, browser, origins[0]!, -1);
    await issuer.set({ refreshStatus: 500 });
    const before = await issuer.refreshes();
    const cookie = `guichet=${browser.cookie(origins[0]!, 'guichet')}`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (__, n) => fetch(`${origins[n % 2]}/mine`, { headers: { ...CALL, cookie } })),
    );
    expect(answers.map(answer => answer.status)).toEqual(Array.from({ length: 20 }, () => 503));
    expect(await issuer.refreshes()).toBe(before + 1);
  });

  it('log out on one what was logged in on the other', async () => {
    const browser = await logIn(origins[0]!);
    const cookie = `guichet=${browser.cookie(origins[0]!, 'guichet')}`;
    const mine = (n: number) => fetch(`${origins[n]}/mine`, { headers: { ...CALL, cookie } });
    expect((await mine(1)).status).toBe(200);
    const { logoutUrl } = (await (await fetch(`${origins[1]}/bff/user`, { headers: { ...CALL, cookie } })).json()) as {
      logoutUrl: string;
    };
    await fetch(origins[1] + logoutUrl, { headers: { cookie }, redirect: 'manual' });
    expect((await mine(0)).status).toBe(401);
  });
});
