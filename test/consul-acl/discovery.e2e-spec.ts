import { randomUUID } from 'node:crypto';
import { describeWithConsul } from '../support/consul.js';
import { fiftyFilms } from '../support/films.js';
import { Load } from '../support/load.js';
import { Program } from '../support/program.js';
import { until } from '../support/until.js';
import { Token } from './acls.js';
import {
  endWithoutTelling,
  everythingOf,
  filmOf,
  metricOf,
  moreFailures,
  PATIENT,
  reportOf,
  Rig,
  said,
  untilReady,
  untilWhole,
} from './rig.js';
import { allRules, rulesWithout } from './rules.js';

jest.setTimeout(120_000);

/** What web asks of this page: every one of them is a service of one instance, which would be believed to be gone at once. */
const asked = ['catalog', 'pricing', 'inventory', 'ratings', 'recommendations'];
/** Only what Consul allows may make a page fail here, not how busy the machine is. */
const wide = {
  pages: { FilmPage: { budgetMs: 3_000 } },
  upstreams: Object.fromEntries(asked.map(name => [name, { timeoutMs: 2_500, breakerMinCalls: 50_000 }])),
};
const readOf = (service: string): string => `service "${service}" { policy = "read" }`;

describeWithConsul('discovery with the ACLs of a real Consul', () => {
  let rig: Rig;
  let load: Load | undefined;

  beforeAll(async () => {
    rig = await Rig.start();
    await rig.write(wide);
  });
  afterEach(() => load?.end());
  afterAll(() => rig?.stop());

  it('without service:read of one service it is not ready, and says which rule makes it so; then it is, without a restart', async () => {
    const some = rulesWithout('service_prefix');
    const readable = ['catalog', 'pricing', 'inventory', 'recommendations', 'profiles', 'orders'].map(readOf);
    const token = await Token.allowed(rig.consul, [...some, ...readable]);
    const web = await rig.launch(token.secret);
    await until('it says so', () => said(web, readOf('ratings')).length > 0, PATIENT);
    await moreFailures(web, 'ratings', 3);
    const { http, details } = await reportOf(web);
    expect(http).toBe(503);
    expect(details['upstream ratings']).toMatchObject({
      status: 'down',
      message: 'its instances are not known yet',
      why: expect.stringContaining(readOf('ratings')) as string,
    });
    expect(details['upstream catalog']).toMatchObject({ status: 'up', instances: 1, source: 'fresh' });
    expect(said(web, 'ratings: Consul')).toEqual([expect.stringContaining('ratings: Consul refuses (not allowed: ')]);
    expect(said(web, 'catalog: Consul')).toEqual([]);
    await token.allow([...some, ...readable, readOf('ratings')]);
    await untilReady(web);
    await untilWhole(web);
    await endWithoutTelling(web, token.secret);
  });

  it('without node:read it says what to look for', async () => {
    const token = await Token.allowed(rig.consul, rulesWithout('node_prefix'));
    const web = await rig.launch(token.secret);
    await until('it says so', () => said(web, 'node_prefix "" { policy = "read" }').length >= asked.length, PATIENT);
    for (const name of asked) expect(said(web, `[Discovery] ${name}: `)).toHaveLength(1);
    await token.allow(allRules);
    await rig.wake();
    await until('all are known', async () => (await filmOf(web)).status === 200, PATIENT);
    await endWithoutTelling(web, token.secret);
  });

  it('a token that Consul does not know is told of once for each service, and never shown', async () => {
    const secret = randomUUID();
    const web = await rig.launch(secret);
    await until('it says so', () => said(web, 'catalog: Consul refuses').length > 0, PATIENT);
    await moreFailures(web, 'catalog', 3);
    const { http, details } = await reportOf(web);
    expect([http, details['upstream catalog']]).toMatchObject([
      503,
      { status: 'down', why: expect.stringContaining('no such token as CONSUL_HTTP_TOKEN says') as string },
    ]);
    for (const name of asked) expect(said(web, `[Discovery] ${name}: `)).toHaveLength(1);
    expect(await everythingOf(web)).toContain('no such token');
    await endWithoutTelling(web, secret);
  });

  it('a token that nothing could send ends the boot, and is not shown', async () => {
    const secret = `${randomUUID()}\n`;
    const web = new Program('web', 'dist/apps/web/main.js', {
      env: { PORT: '0', MANAGEMENT_PORT: '0', DISCOVERY: 'consul', CONSUL_HTTP_TOKEN: secret },
    });
    expect((await web.ended).code).toBe(78);
    expect(web.stdout + web.stderr).toMatch(/CONSUL_HTTP_TOKEN.*one line of ASCII/);
    expect(web.stdout + web.stderr).not.toContain(secret.trim());
  });

  it.each([
    ['revoked', (token: Token) => token.revoke(), (token: Token) => token.giveBack(), 'no such token'],
    [
      'allowed to read no service any more',
      (token: Token) => token.allow(rulesWithout('service_prefix')),
      (token: Token) => token.allow(allRules),
      'policy = "read"',
    ],
  ])('no page fails when a token is %s while it runs', async (_, take, give, reason) => {
    const token = await Token.allowed(rig.consul, allRules);
    const web = await rig.launch(token.secret);
    await untilReady(web);
    expect((await reportOf(web)).details['live configuration']).toMatchObject({ condition: 'in-force' });
    load = new Load(10, n => ({ url: `${web.url}/pages/films/${fiftyFilms[n % fiftyFilms.length]!.id}` }));
    await load.goesOn(1_000);
    await take(token);
    await rig.wake();
    await until(
      'it knows of the refusal',
      async () => {
        const refused = await Promise.all(
          asked.map(name => metricOf(web, `guichet_discovery_stale{upstream="${name}"}`)),
        );
        return refused.every(stale => stale === 1);
      },
      PATIENT,
    );
    await moreFailures(web, 'catalog', 3);
    expect(await reportOf(web)).toMatchObject({
      http: 200,
      status: 'degraded',
      details: {
        'upstream catalog': { instances: 1, source: 'last-known-good', why: expect.stringContaining(reason) as string },
      },
    });
    for (const name of asked) {
      expect(said(web, `[Discovery] ${name}: `)).toEqual([
        expect.stringMatching(`Consul refuses .*${reason}.* keeping 1 instances`),
      ]);
    }
    await give(token);
    await until('all is well again', async () => (await reportOf(web)).status === 'ok', PATIENT);
    for (const name of asked) expect(said(web, `${name}: Consul answers again`)).toHaveLength(1);
    const { sent, failed, troubles } = await load.end();
    expect([failed, troubles]).toEqual([0, []]);
    expect(sent).toBeGreaterThan(30);
    await endWithoutTelling(web, token.secret);
  });
});
