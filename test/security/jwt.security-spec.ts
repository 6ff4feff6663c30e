import { request as httpRequest } from 'node:http';
import { hostileTokens, malformedAuthorizations, signedByOther } from 'guichet/testing';
import { compact, TestIssuer } from 'guichet/testing';
import { type Bff, startBff } from '../support/bff.js';
import { type Answer, request } from '../support/http.js';
import { heal, requestsOf, type Service, startAllServices } from '../support/services.js';

/** Tokens with a key id that nobody has; `LONG=1` for the full form. */
const UNKNOWN_KIDS = process.env['LONG'] ? 10_000 : 1_000;

const issuer = new TestIssuer();
let mobile: Bff;
let asked: Service[];

beforeAll(async () => {
  await issuer.start();
  const { byName, upstreamsFile } = await startAllServices();
  asked = [byName.profiles, byName.orders];
  mobile = await startBff('mobile', {
    AUTH_ISSUER: issuer.url,
    AUTH_AUDIENCE: 'bff',
    DISCOVERY: 'static',
    UPSTREAMS_FILE: upstreamsFile,
  });
});
afterAll(() => issuer.stop());
beforeEach(async () => {
  await Promise.all(asked.map(heal));
  issuer.fetched.length = 0;
});

const account = (authorization?: string, path = '/pages/account'): Promise<Answer> =>
  request(mobile.url + path, { headers: authorization === undefined ? {} : { Authorization: authorization } });

const good = (): string => issuer.token({ sub: 'c3' });

/** Nobody was told anything, and nobody was asked. */
async function expectRefused(answer: Answer, statuses: readonly number[]): Promise<void> {
  expect(statuses).toContain(answer.status);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  if (answer.status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
  expect(answer.body).not.toMatch(/ at |jose|node:|127\.0\.0\.1/);
  const counts = await Promise.all(asked.map(async service => (await requestsOf(service)).length));
  expect(counts).toEqual([0, 0]);
}

it('a good token is served, so that what follows says something', async () => {
  const answer = await account(`Bearer ${good()}`);
  expect([answer.status, answer.json()]).toEqual([200, expect.objectContaining({ name: 'Dario Amsel' })]);
  expect((await requestsOf(asked[0]!)).length).toBeGreaterThan(0);
});

describe('is not believed:', () => {
  it.each(Object.keys(hostileTokens(issuer)))('%s', async name => {
    const forge = hostileTokens(issuer)[name]!;
    await expectRefused(await account(`Bearer ${forge()}`), [401]);
    // No address that a token names is ever asked.
    expect(issuer.fetched).toEqual([]);
  });

  it('a kid of 10 KB', async () => {
    await expectRefused(await account(`Bearer ${issuer.token({}, { kid: 'k'.repeat(10_240) })}`), [401, 431]);
  });

  it('a token of 100 KB', async () => {
    await expectRefused(await account(`Bearer ${issuer.token({ junk: 'x'.repeat(100_000) })}`), [431]);
  });

  it('a known token with another signature, other claims, or one letter more', async () => {
    const token = good();
    for (let n = 0; n < 2; n++) expect((await account(`Bearer ${token}`)).status).toBe(200);
    await Promise.all(asked.map(heal));
    const [head, body, signature] = token.split('.') as [string, string, string];
    const foreign = signedByOther(issuer).split('.')[2]!;
    const claims = Buffer.from(JSON.stringify(issuer.claims({ sub: 'c1' }))).toString('base64url');
    for (const forged of [`${head}.${body}.${foreign}`, `${head}.${claims}.${signature}`, `${token}x`]) {
      await expectRefused(await account(`Bearer ${forged}`), [401]);
    }
  });

  it('a token in the query', async () => {
    await expectRefused(await account(undefined, `/pages/account?access_token=${good()}`), [401]);
  });

  it('a token in a cookie', async () => {
    const cookie = `access_token=${good()}`;
    await expectRefused(await request(`${mobile.url}/pages/account`, { headers: { Cookie: cookie } }), [401]);
  });
});

describe('is malformed:', () => {
  it.each(Object.keys(malformedAuthorizations(issuer)))('%s', async name => {
    await expectRefused(await account(malformedAuthorizations(issuer)[name]!()), [400]);
  });

  it('two Authorization headers, whatever they say', async () => {
    for (const second of [`Bearer ${good()}`, 'Bearer x', 'Basic YTpi']) {
      const status = await new Promise<number>((resolve, reject) => {
        const headers = ['Host', 'localhost', 'Authorization', `Bearer ${good()}`, 'authorization', second];
        httpRequest(`${mobile.url}/pages/account`, { headers })
          .on('response', answer => resolve(answer.resume().statusCode!))
          .on('error', reject)
          .end();
      });
      expect(status).toBe(400);
    }
    expect(await requestsOf(asked[0]!)).toEqual([]);
  });
});

it('PBES2 with a huge count derives no key', async () => {
  const token = compact(
    issuer.header({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 2_000_000_000, p2s: 'AAAA' }),
    issuer.claims(),
  );
  const since = performance.now();
  await expectRefused(await account(`Bearer ${token}`), [401]);
  // One derivation of that count takes minutes.
  expect(performance.now() - since).toBeLessThan(2_000);
});

it(`${UNKNOWN_KIDS} unknown key ids fetch the keys once at most`, async () => {
  let next = 0;
  const statuses = new Set<number>();
  const client = async (): Promise<void> => {
    while (next < UNKNOWN_KIDS) {
      statuses.add((await account(`Bearer ${issuer.token({}, { kid: `unknown-${next++}` })}`)).status);
    }
  };
  await Promise.all(Array.from({ length: 50 }, client));
  expect([...statuses]).toEqual([401]);
  expect(issuer.fetched.filter(path => path === '/jwks').length).toBeLessThanOrEqual(1);
}, 120_000);

it('goes on while the issuer is away', async () => {
  issuer.isDown = true;
  expect((await account(`Bearer ${issuer.token({ sub: 'c3', jti: 'while-away' })}`)).status).toBe(200);
  issuer.isDown = false;
});
