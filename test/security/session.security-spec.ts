import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describeWithRedis, freePort, RealRedis } from 'guichet/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { describeInBrowser, startChromium } from '../browser/chromium.js';
import { type Bff, startBff } from '../support/bff.js';
import { type Answer, request } from '../support/http.js';
import { originOf, startIssuer } from '../support/issuer.js';
import { heal, requestsOf, type Service, startAllServices } from '../support/services.js';

let web: Bff;
let origin: string;
let services: Service[];

beforeAll(async () => {
  const { byName, upstreamsFile } = await startAllServices();
  services = [byName.profiles, byName.orders];
  const port = await freePort();
  const issuer = await startIssuer([port]);
  origin = originOf(port);
  web = await startBff('web', {
    ...issuer.env,
    ...issuer.webEnv(port),
    PORT: String(port),
    DISCOVERY: 'static',
    UPSTREAMS_FILE: upstreamsFile,
  });
});
beforeEach(async () => void (await Promise.all(services.map(heal))));

/** How often anything personal was asked for. */
async function asked(): Promise<number> {
  return (await Promise.all(services.map(requestsOf))).flat().length;
}

const call = (path: string, headers: Record<string, string>, method = 'GET', body?: unknown): Promise<Answer> =>
  request(web.url + path, { method, headers, ...(body !== undefined && { body }) });

describe('a login cannot be led astray:', () => {
  it.each([
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https://evil.example',
    '/%2fevil.example',
    '/%5cevil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    ' //evil.example',
    '/..//evil.example',
  ])('by returnUrl %j', async returnUrl => {
    const answer = await call(`/bff/login?returnUrl=${encodeURIComponent(returnUrl)}`, {});
    expect([answer.status, answer.headers.location]).toEqual([400, undefined]);
  });

  it.each([
    ['a callback that nobody began', '/bff/callback?code=x&state=y', {}],
    ['a callback with another browser’s state', '/bff/callback?code=x&state=y', { Cookie: 'guichet-login=AAAA' }],
    ['a callback without a code', '/bff/callback?state=y', { Cookie: 'guichet-login=AAAA' }],
    ['a callback with an error of the issuer', '/bff/callback?error=access_denied&state=y', {}],
  ])('by %s', async (_, path, headers) => {
    const answer = await call(path, headers as Record<string, string>);
    expect([400, 403]).toContain(answer.status);
    expect(String(answer.headers['set-cookie'] ?? '')).not.toMatch(/guichet=[^;]/);
  });

  it('by a form of another method', async () => {
    expect((await call('/bff/callback', {}, 'POST', {})).status).toBe(404);
  });
});

describe('a logout by the issuer’s back channel is not believed:', () => {
  it.each(['', 'logout_token=', 'logout_token=a.b.c', 'logout_token=a&logout_token=b', 'token=x'])(
    'as %j',
    async form => {
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
      const { status } = await request(`${web.url}/bff/backchannel`, { method: 'POST', headers, form });
      expect(status).toBe(400);
    },
  );
});

describe('a cookie that nobody was given is nobody:', () => {
  it.each([
    ['a made-up one', 'guichet=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    ['an empty one', 'guichet='],
    ['one of other letters', 'guichet=../../etc/passwd'],
    ['one that names a key of objects', 'guichet=__proto__'],
    ['two of one name', 'guichet=AAAA; guichet=BBBB'],
    ['one of 9 KB', `guichet=${'A'.repeat(9_000)}`],
    ['one of 20 KB', `guichet=${'A'.repeat(20_000)}`],
  ])('%s', async (_, cookie) => {
    const { status } = await call('/pages/account', { Cookie: cookie, 'X-CSRF': '1' });
    expect([401, 431]).toContain(status);
    expect(await asked()).toBe(0);
  });
});

describeInBrowser('with a session in Chromium', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let evil: Server;
  let evilOrigin: string;

  beforeAll(async () => {
    browser = await startChromium();
    // On 127.0.0.1, which to browsers is another site than localhost.
    evil = createServer((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<p>evil'),
    ).listen(0, '127.0.0.1');
    await once(evil, 'listening');
    evilOrigin = `http://127.0.0.1:${(evil.address() as AddressInfo).port}`;
  }, 300_000);
  afterAll(async () => {
    evil?.close();
    await browser?.close();
  });
  beforeEach(async () => {
    context = await browser.newContext();
    context.setDefaultTimeout(8_000);
    page = await context.newPage();
  });
  afterEach(() => context.close());

  async function logIn(): Promise<string> {
    await page.goto(`${origin}/bff/login?returnUrl=/films/1`);
    await page.getByRole('button', { name: 'Dario Amsel' }).click();
    await page.getByRole('link', { name: 'Log out' }).waitFor();
    await Promise.all(services.map(heal));
    return (await sessionCookie())!.value;
  }

  const sessionCookie = async () => (await context.cookies(origin)).find(({ name }) => name === 'guichet');
  const account = (id: string, more: Record<string, string> = {}) =>
    call('/pages/account', { Cookie: `guichet=${id}`, 'X-CSRF': '1', ...more });

  it('the cookie is that session’s key, and nobody’s once they are logged out', async () => {
    const id = await logIn();
    expect((await account(id)).status).toBe(200);
    await page.getByRole('link', { name: 'Log out' }).click();
    await page.getByRole('link', { name: 'Log in' }).waitFor();
    expect((await account(id)).status).toBe(401);
  });

  it('no answer holds a token', async () => {
    const bodies: string[] = [];
    page.on('response', response => {
      if (response.url().startsWith(origin))
        response.text().then(
          text => bodies.push(text),
          () => {},
        );
    });
    await logIn();
    await page.goto(`${origin}/account`);
    await page.getByRole('heading', { name: 'Orders', exact: true }).waitFor();
    expect(bodies.length).toBeGreaterThan(3);
    // What JWTs begin with.
    expect(bodies.filter(body => body.includes('eyJhbGciOi'))).toEqual([]);
  });

  it('a session id that was planted before the login is worth nothing after it', async () => {
    const planted = 'A'.repeat(43);
    await context.addCookies([{ name: 'guichet', value: planted, url: origin }]);
    const id = await logIn();
    expect(id).not.toBe(planted);
    expect((await account(planted)).status).toBe(401);
  });

  it('a second login has a new id, and the first is over', async () => {
    const first = await logIn();
    await page.goto(`${origin}/bff/login?returnUrl=/films/1`);
    await page.getByRole('link', { name: 'Log out' }).waitFor();
    const second = (await sessionCookie())!.value;
    expect(second).not.toBe(first);
    expect((await account(first)).status).toBe(401);
    expect((await account(second)).status).toBe(200);
  });

  it.each([
    ['without X-CSRF', { 'X-CSRF': '' }],
    ['from another origin', { Origin: 'http://evil.example' }],
    ['from no origin', { Origin: 'null' }],
    ['from a sibling domain', { 'Sec-Fetch-Site': 'same-site' }],
    ['from another site', { 'Sec-Fetch-Site': 'cross-site' }],
  ])('a call %s is refused', async (_, headers) => {
    const id = await logIn();
    expect((await account(id, headers)).status).toBe(403);
    expect(await asked()).toBe(0);
  });

  it('a cookie of a parent domain beside it makes both count for nothing', async () => {
    const id = await logIn();
    for (const cookie of [`guichet=${id}; guichet=x`, `guichet=x; guichet=${id}`]) {
      expect((await account(id, { Cookie: cookie })).status).toBe(401);
    }
  });

  it('a tampered cookie is nobody’s', async () => {
    const id = await logIn();
    for (const other of [id.slice(0, -1), `${id}A`, id.toLowerCase(), id.split('').reverse().join('')]) {
      expect((await account(other)).status).toBe(401);
    }
  });

  it('another site’s form and scripts order nothing', async () => {
    await logIn();
    await page.goto(evilOrigin);
    await page.evaluate(
      target =>
        Promise.allSettled(
          ['text/plain', 'application/json'].map(type =>
            fetch(target, {
              method: 'POST',
              credentials: 'include',
              headers: { 'content-type': type, ...(type === 'application/json' && { 'x-csrf': '1' }) },
              body: '{"filmId":1,"format":"stream"}',
            }),
          ),
        ),
      `${origin}/pages/orders`,
    );
    const answered = page.waitForResponse(`${origin}/pages/orders`);
    await page.setContent(
      `<form method="post" enctype="text/plain" action="${origin}/pages/orders"><input name='{"filmId":1,"format":"stream","x":"' value='"}'></form>`,
    );
    await page.evaluate('document.forms[0].submit()');
    expect([400, 401, 403, 415]).toContain((await answered).status());
    expect(await asked()).toBe(0);
  });

  it('another site’s link logs nobody out', async () => {
    const id = await logIn();
    await page.goto(evilOrigin);
    await page.goto(`${origin}/bff/logout`);
    await page.goto(`${origin}/bff/logout?token=AAAA`);
    expect((await account(id)).status).toBe(200);
  });
});

describeWithRedis('two replicas on one Redis', () => {
  /** Seconds a token lives, of which its last 30 are its time to be refreshed. */
  const LIFE_S = 36;
  let redis: RealRedis;
  let browser: Browser;

  beforeAll(async () => {
    redis = await new RealRedis().start();
    browser = await startChromium();
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await redis.stop();
  });

  it('refresh once for 50 requests at once', async () => {
    const port = await freePort();
    const issuer = await startIssuer([port], { ACCESS_TOKEN_S: String(LIFE_S) });
    const { upstreamsFile } = await startAllServices(issuer.env);
    const env = {
      ...issuer.env,
      ...issuer.webEnv(port),
      REDIS_URL: redis.url,
      DISCOVERY: 'static',
      UPSTREAMS_FILE: upstreamsFile,
    };
    const replicas = [await startBff('web', { ...env, PORT: String(port) }), await startBff('web', env)];
    const page = await browser.newPage();
    await page.goto(`${originOf(port)}/bff/login?returnUrl=/films/1`);
    await page.getByRole('button', { name: 'Dario Amsel' }).click();
    await page.getByRole('link', { name: 'Log out' }).waitFor();
    const loggedInAt = performance.now();
    const cookie = (await page.context().cookies(originOf(port))).find(({ name }) => name === 'guichet')!;
    await page.close();
    const ask = (n: number): Promise<Answer> =>
      request(`${replicas[n % 2]!.url}/pages/account`, {
        headers: { Cookie: `guichet=${cookie.value}`, 'X-CSRF': '1', Host: `localhost:${port}` },
      });
    // Both know the session, and its token holds.
    expect([(await ask(0)).status, (await ask(1)).status, await issuer.refreshes()]).toEqual([200, 200, 0]);

    await pause(loggedInAt + (LIFE_S - 30 + 1) * 1_000 - performance.now());
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => ask(n)));
    // The services themselves have checked the token that each request was made with.
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await issuer.refreshes()).toBe(1);
  }, 60_000);
});
