import type { Bff } from '../support/bff.js';
import { describeWithConsul } from '../support/consul.js';
import { until } from '../support/until.js';
import { Token } from './acls.js';
import {
  endWithoutTelling,
  filmOf,
  KEY,
  metricOf,
  PATIENT,
  reportOf,
  Rig,
  said,
  untilReady,
  untilWhole,
} from './rig.js';
import { allRules, rulesWithout } from './rules.js';

jest.setTimeout(120_000);

const off = { pages: { FilmPage: { sections: { similar: { isOn: false } } } } };
const isOff = { similar: { state: 'fallback', reason: 'switched-off' } };
const READ = `key "${KEY}" { policy = "read" }`;
const WRITE = 'key_prefix "guichet/web/status/" { policy = "write" }';

describeWithConsul('live configuration with the ACLs of a real Consul', () => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await Rig.start();
  });
  beforeEach(() => rig.write(off));
  afterAll(() => rig?.stop());

  const untilOff = (bff: Bff, wanted: unknown): Promise<number> =>
    until(
      'the page goes by the document',
      async () => JSON.stringify((await filmOf(bff)).sections) === JSON.stringify(wanted),
      PATIENT,
    );
  const untilTold = (bff: Bff): Promise<number> =>
    until('the status key is written', async () => (await rig.statusOf(bff))?.condition === 'in-force', {
      ...PATIENT,
      limitMs: 60_000,
    });

  it('the rules of the docs allow all of it, and nothing is complained of', async () => {
    const token = await Token.allowed(rig.consul, allRules);
    const web = await rig.launch(token.secret);
    await untilReady(web);
    await untilOff(web, isOff);
    await untilTold(web);
    await until('it is registered', async () => (await rig.consul.passing('web')) === 1, PATIENT);
    expect(await reportOf(web)).toMatchObject({ http: 200, status: 'ok' });
    // What is logged of a page has no context.
    expect(said(web, 'WARN: [')).toEqual([]);
    await endWithoutTelling(web, token.secret);
    expect(await rig.statusOf(web)).toBeUndefined();
    expect(await rig.consul.passing('web')).toBe(0);
  });

  it('without key:read it serves as declared, says once which rule is missing, and goes by the document once it is granted', async () => {
    const token = await Token.allowed(rig.consul, rulesWithout('key "'));
    const web = await rig.launch(token.secret);
    await untilReady(web);
    await untilWhole(web);
    expect(await reportOf(web)).toMatchObject({
      http: 200,
      status: 'degraded',
      details: { 'live configuration': { status: 'degraded', unreachable: expect.stringContaining(READ) as string } },
    });
    expect(await metricOf(web, 'guichet_live_trouble{reason="unreachable"}')).toBe(1);
    // About four queries more, each of which is refused.
    await new Promise(resolve => setTimeout(resolve, 5_000));
    expect(said(web, 'cannot be read')).toEqual([
      expect.stringContaining(`consul ${KEY} cannot be read (not allowed: `),
    ]);
    expect(said(web, READ)).toHaveLength(1);
    await token.allow(allRules);
    await untilOff(web, isOff);
    expect(said(web, 'can be read again')).toHaveLength(1);
    expect(await reportOf(web)).toMatchObject({ http: 200, status: 'ok' });
    expect(await metricOf(web, 'guichet_live_trouble{reason="unreachable"}')).toBe(0);
    await endWithoutTelling(web, token.secret);
  });

  it('without key:write of its status it goes by the document, says once what is missing, and tells once it is granted', async () => {
    const token = await Token.allowed(rig.consul, rulesWithout('key_prefix'));
    const web = await rig.launch(token.secret);
    await untilReady(web);
    await untilOff(web, isOff);
    await until('it says so', () => said(web, 'is not written').length > 0, PATIENT);
    expect(await rig.statusOf(web)).toBeUndefined();
    expect(await reportOf(web)).toMatchObject({ http: 200, status: 'ok' });
    // Nothing else changes: that it is granted is found out by asking again.
    await token.allow(allRules);
    await untilTold(web);
    await token.allow(rulesWithout('key_prefix'));
    await rig.write({});
    await until('it says so again', () => said(web, 'is not written').length > 1, PATIENT);
    for (const document of [off, {}, off]) {
      await rig.write(document);
      await untilOff(web, document === off ? isOff : undefined);
    }
    // Once when it began, and once when it was taken away.
    const complaint = expect.stringContaining(WRITE) as string;
    expect(said(web, 'is not written')).toEqual([complaint, complaint]);
    expect(said(web, 'is written again')).toHaveLength(1);
    await endWithoutTelling(web, token.secret);
  });

  it('a token revoked while it runs changes nothing that is in force, is told of once, and is believed again when it is given back', async () => {
    const token = await Token.allowed(rig.consul, allRules);
    const web = await rig.launch(token.secret);
    await untilReady(web);
    await untilOff(web, isOff);
    await token.revoke();
    // The query that waits is still answered as the token was allowed when it was asked; the next one is not.
    await rig.write({ ...off, limits: {} });
    await until('it says so', () => said(web, 'cannot be read').length > 0, PATIENT);
    await rig.write({});
    await new Promise(resolve => setTimeout(resolve, 5_000));
    expect(said(web, 'cannot be read')).toEqual([
      expect.stringMatching(/\(it knows no such token as CONSUL_HTTP_TOKEN says/),
    ]);
    await untilOff(web, isOff);
    await token.giveBack();
    await untilOff(web, undefined);
    await endWithoutTelling(web, token.secret);
  });
});
