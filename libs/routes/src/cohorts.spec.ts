import { once } from 'node:events';
import { HttpPlace, type Place, type RouteRig, routeRig } from '../test/route-rig.js';

/** Routes of an upstream that runs in two versions. */

class Version extends HttpPlace implements Place {
  status = 200;
  readonly asked: string[] = [];

  constructor(
    readonly name: string,
    readonly tags: readonly string[],
  ) {
    super((request, response) => {
      this.asked.push(`${request.method} ${String(request.headers['x-cohort'])}`);
      request.resume();
      response.writeHead(this.status, { 'content-type': 'text/plain', 'cache-control': 'public, max-age=60' });
      response.end(name);
    });
  }
}

describe('a route of an upstream with versions', () => {
  let old: Version;
  let fresh: Version;
  let rig: RouteRig;

  beforeEach(async () => {
    [old, fresh] = [new Version('old', []), new Version('fresh', ['v2'])];
    await Promise.all([old.start(), fresh.start()]);
    rig = await routeRig([{ path: '/api/files/:id', method: ['GET', 'POST'] }], [old, fresh], {
      upstream: { subsets: { fresh: { tag: 'v2', weightPercent: 0 } } },
      cohorts: { header: 'x-cohort' },
    });
  });
  afterEach(async () => {
    await rig?.close();
    await Promise.all([old.close(), fresh.close()]);
  });

  const ask = (wish?: string, init: RequestInit = {}) =>
    fetch(`${rig.url}/api/files/1`, { ...init, headers: wish === undefined ? {} : { 'x-cohort': wish } });

  it('leads to the one that is wished, tells it so, and is kept from caches of many', async () => {
    const wished = await ask('fresh');
    expect([await wished.text(), wished.headers.get('cache-control'), wished.headers.get('vary')]).toEqual([
      'fresh',
      'private, max-age=60',
      'Authorization, Cookie, x-cohort',
    ]);
    const other = await ask();
    expect([await other.text(), other.headers.get('cache-control')]).toEqual(['old', 'public, max-age=60']);
    expect([fresh.asked, old.asked]).toEqual([['GET fresh'], ['GET undefined']]);
  });

  it('leads to the other one where that fails and the client has nothing of it yet', async () => {
    fresh.status = 503;
    const answer = await ask('fresh');
    expect([answer.status, await answer.text()]).toEqual([200, 'old']);
    expect([fresh.asked.length, old.asked.length]).toEqual([1, 1]);
  });

  it('does nothing twice that may not be done twice', async () => {
    fresh.status = 503;
    const answer = await ask('fresh', { method: 'POST', body: 'x' });
    expect(answer.status).toBe(503);
    expect([fresh.asked.length, old.asked.length]).toEqual([1, 0]);
  });

  it('leads to the other one at once where all instances of it have failed', async () => {
    fresh.status = 500;
    for (let n = 0; n < 8; n++) expect(await (await ask('fresh')).text()).toBe('old');
    expect(fresh.asked).toHaveLength(5);
  });

  it('leads to the other one where nobody listens', async () => {
    await fresh.close();
    if (fresh.http.listening) await once(fresh.http, 'close');
    expect(await (await ask('fresh')).text()).toBe('old');
  });
});
