/** An app over the example's inventory by NATS, with real servers: what their restarts cost. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { builtFixture } from './support/built-fixture.js';
import { request } from './support/http.js';
import { measured } from './support/measured.js';
import { ClusteredNats } from './support/nats-cluster.js';
import { Program } from './support/program.js';
import { scratchFolder, type Service, startService } from './support/services.js';
import { until } from './support/until.js';

jest.setTimeout(120_000);

/** So many clients ask, each one page after the other: a machine that stands still for a while must not pile up requests, whose failure would tell of it alone. */
const CLIENTS = 8;

let servers: readonly [ClusteredNats, ClusteredNats];
let inventories: readonly Service[];
let app: Program;
let url: string;
let managementUrl: string;
let upstreamsFile: string;

const clientOn = async (server: ClusteredNats) => (await server.connectionsOf('guichet'))[0];

beforeAll(async () => {
  servers = await ClusteredNats.pair();
  const [one, other] = servers;
  // Each prefers another server, so that one of them is there whichever goes.
  inventories = await Promise.all(
    [`${one.address},${other.address}`, `${other.address},${one.address}`].map(NATS_ADDRESS =>
      startService('inventory', { NATS_ADDRESS, DISCOVERY: 'none' }),
    ),
  );
  upstreamsFile = join(scratchFolder(), 'upstreams.json');
  writeFileSync(upstreamsFile, JSON.stringify({ inventory: servers.map(({ address }) => address) }));
  app = new Program('messages', builtFixture('messages-app'), {
    env: { DISCOVERY: 'static', UPSTREAMS_FILE: upstreamsFile, THROTTLE_LIMITS: 'address=1000000000/1000' },
  });
  const { port, managementPort } = await app.message<{ type: 'listening'; port: number; managementPort: number }>(
    'listening',
  );
  url = `http://127.0.0.1:${port}`;
  managementUrl = `http://127.0.0.1:${managementPort}`;
});
afterAll(() => Promise.all(servers.map(server => server.kill())));

describe("the example's inventory over NATS", () => {
  it('answers as it does over HTTP', async () => {
    await until('a page is served', async () => (await request(`${url}/pages/needing/F0001`)).status === 200);
    const { host, port } = inventories[0]!;
    const overHttp = (await request(`http://${host}:${port}/stock/F0007`)).json() as { filmId: number };
    const page = await request(`${url}/pages/needing/F0007`);
    expect([page.status, page.headers['page-complete']]).toEqual([200, '?1']);
    const stock = { sku: 'F0007', filmId: overHttp.filmId };
    expect(page.json()).toEqual({ stock });
    expect((await request(`${url}/pages/optional/F0007`)).json()).toEqual({ stock: { stock: [stock] } });
  });

  it('says what there is not', async () => {
    const { status, json } = await request(`${url}/pages/needing/no-such`);
    expect(status).toBe(404);
    expect(json()).toMatchObject({ failures: [{ section: 'stock', code: 'upstream-status' }] });
  });

  it('is counted as all upstreams are', async () => {
    const { body } = await request(`${managementUrl}/metrics`);
    expect(body).toMatch(/guichet_upstream_attempts_total\{[^}]*upstream="inventory"[^}]*\} [1-9]/);
    for (const { address } of servers) {
      expect(body).toContain(`guichet_upstream_instance_ejected{upstream="inventory",instance="${address}"`);
    }
  });
});

/** Clients that ask for pages without end. */
class Visitors {
  private served = 0;
  private degraded = 0;
  private readonly troubles: string[] = [];
  private isOver = false;
  private readonly all = Promise.all(Array.from({ length: CLIENTS }, (_, index) => this.visit(index)));

  /** Resolves when so many more pages were served. */
  async goesOn(pages: number): Promise<void> {
    const enough = this.served + pages;
    await until(`${pages} more pages`, () => this.served >= enough || this.troubles.length > 0, { limitMs: 60_000 });
  }

  async end(): Promise<{ readonly served: number; readonly degraded: number; readonly troubles: readonly string[] }> {
    this.isOver = true;
    await this.all;
    const { served, degraded, troubles } = this;
    return { served, degraded, troubles };
  }

  private async visit(from: number): Promise<void> {
    for (let n = from; !this.isOver; n += CLIENTS) {
      const sku = `F${String((n % 500) + 1).padStart(4, '0')}`;
      const path = `/pages/${n % 2 === 0 ? 'needing' : 'optional'}/${sku}`;
      try {
        const { status, headers, body } = await request(url + path);
        const isRight = status === 200 && (body.includes(sku) || body.includes('"stock":null'));
        if (isRight) this.served++;
        else this.troubles.push(`${path}: ${status} ${body.slice(0, 300)}`);
        if (headers['page-complete'] === '?0') this.degraded++;
      } catch (error) {
        this.troubles.push(`${path}: ${String(error)}`);
      }
      await pause(20);
    }
  }
}

describe('NATS servers that are restarted under load', () => {
  it('cost no page, and are connected again within 2 s', async () => {
    const load = new Visitors();
    await load.goesOn(100);
    for (const [index, server] of servers.entries()) {
      if (index === 0) await server.kill();
      else await server.stop();
      await load.goesOn(200);
      await server.startAgain();
      const backMs = await until('it is connected to', async () => (await clientOn(server)) !== undefined);
      measured(`server ${index + 1}: connected again after`, backMs, 'ms');
      expect(backMs).toBeLessThan(2_000);
      // Else the other would go while this one is still left out for what it did.
      await until('it is called again', async () => ((await clientOn(server))?.in_msgs ?? 0) > 20, { limitMs: 30_000 });
    }
    const { served, degraded, troubles } = await load.end();
    measured('pages under restarts: served, degraded, failed', `${served}, ${degraded}, ${troubles.length}`);
    expect(troubles).toEqual([]);
  });

  it('that are gone altogether cost what needs them, until they are back', async () => {
    const [one, other] = servers;
    await Promise.all([one.kill(), other.kill()]);
    const without = await request(`${url}/pages/optional/F0001`);
    expect([without.status, without.headers['page-complete']]).toEqual([200, '?0']);
    expect(without.json()).toMatchObject({ stock: null, _sections: { stock: { state: 'fallback' } } });
    expect([502, 503, 504]).toContain((await request(`${url}/pages/needing/F0001`)).status);
    await Promise.all([one.startAgain(), other.startAgain()]);
    const back = async (): Promise<boolean> => (await request(`${url}/pages/needing/F0001`)).status === 200;
    await until('the page is served again', back, { limitMs: 30_000 });
  });

  it('are let go when the app ends', async () => {
    expect(await app.end()).toMatchObject({ code: 0 });
    await until('the connections are gone', async () =>
      (await Promise.all(servers.map(clientOn))).every(connection => connection === undefined),
    );
    expect(app.stderr).not.toMatch(/unhandled|rejection/i);
  });
});
