import { describeWithConsul } from '../support/consul.js';
import { until } from '../support/until.js';
import { Token } from './acls.js';
import { endWithoutTelling, PATIENT, Rig, said, untilReady, untilWhole } from './rig.js';
import { allRules, rulesWithout } from './rules.js';

jest.setTimeout(120_000);

describeWithConsul('registration with the ACLs of a real Consul', () => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await Rig.start();
  });
  afterAll(() => rig?.stop());

  const untilFound = (count: number): Promise<number> =>
    until(`${count} of web are in the catalog`, async () => (await rig.consul.passing('web')) === count, PATIENT);

  it('without service:write it serves, says once which rule is missing, and registers once it is granted', async () => {
    const token = await Token.allowed(rig.consul, rulesWithout('service "'));
    const web = await rig.launch(token.secret);
    await untilReady(web);
    await until('it says so', () => said(web, 'Consul refuses it').length > 0, PATIENT);
    // Two or three attempts more, each of which is refused.
    await new Promise(resolve => setTimeout(resolve, 11_000));
    expect(said(web, `web-127.0.0.1:${web.port}: `)).toEqual([
      expect.stringContaining('needs service "web" { policy = "write" })'),
    ]);
    expect(await rig.consul.passing('web')).toBe(0);
    await untilWhole(web);
    await token.allow(allRules);
    await untilFound(1);
    await endWithoutTelling(web, token.secret);
    await untilFound(0);
  });

  it('a token revoked while it runs is told of once and takes it out of no catalog; one that is given back lets it leave', async () => {
    const token = await Token.allowed(rig.consul, allRules);
    const web = await rig.launch(token.secret);
    await untilReady(web);
    await untilFound(1);
    await token.revoke();
    await rig.wake(web);
    const own = (text: string): readonly string[] => said(web, `web-127.0.0.1:${web.port}: ${text}`);
    await until('it says so', () => own('Consul refuses it').length > 0, PATIENT);
    await new Promise(resolve => setTimeout(resolve, 11_000));
    expect(own('Consul refuses it')).toEqual([expect.stringContaining('no such token as CONSUL_HTTP_TOKEN says')]);
    expect(await rig.consul.passing('web')).toBe(1);
    await token.giveBack();
    await until('it is known again', () => own('Consul answers again').length > 0, PATIENT);
    await endWithoutTelling(web, token.secret);
    await untilFound(0);
  });

  it('an app ends in time and in good order whose token was revoked, and says that it could not leave', async () => {
    const token = await Token.allowed(rig.consul, allRules);
    const web = await rig.launch(token.secret);
    await untilReady(web);
    await untilFound(1);
    await token.revoke();
    await endWithoutTelling(web, token.secret);
    expect(said(web, 'cannot be deregistered (it knows no such token')).toHaveLength(1);
    // Consul 1.8 passes nothing on for a token that is none any more, be it that a check fails: the docs say what to do.
    await rig.consul.call('PUT', 'catalog/deregister', { Node: 'guichet', ServiceID: `web-127.0.0.1:${web.port}` });
    await untilFound(0);
  });
});
