import diagnostics from 'node:diagnostics_channel';
import { type ClientRequest, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from 'guichet/kernel';
import { consulOptions } from './consul.options.js';
import { ConsulSource } from './consul.source.js';
import type { Snapshot } from './instance.js';
import { describeInstanceSource, ports, snapshotThat } from './instance-source.contract.js';
import { describeWithConsul, measured, RealConsul } from './real-consul.test-rig.js';
import { type WatchOptions, watchOptions } from './watch.options.js';

const having =
  (...wanted: number[]) =>
  (snapshot: Snapshot) =>
    ports(snapshot).join() === wanted.join();

function at(port: number, weight = 1) {
  return { host: '127.0.0.1', port, weight };
}

function sourceAt(address: string, watch: Partial<WatchOptions> = {}, warnings: string[] = [], token?: string) {
  return new ConsulSource({
    consul: consulOptions.parse({ address, token }),
    watch: watchOptions.parse(watch),
    log: { info: () => {}, warn: message => void warnings.push(message) },
  });
}

describeWithConsul('ConsulSource with a real Consul', () => {
  const consul = new RealConsul();
  let source: ConsulSource;
  let warnings: string[];

  beforeAll(() => consul.start(), 30_000);
  afterAll(() => consul.stop());

  describeInstanceSource('ConsulSource', async () => {
    const underTest = sourceAt(consul.address);
    return {
      source: underTest,
      put: (service, entries) => consul.put(service, entries),
      breakDown: async () => void (port = await consul.kill()),
      mend: async () => {
        await consul.start(port);
        await consul.putAllAgain();
      },
      end: async () => {
        await underTest.close();
        await consul.clear();
      },
    };
  });
  let port = 0;

  describe('beyond the contract', () => {
    const open = (watch: Partial<WatchOptions> = {}) => (source = sourceAt(consul.address, watch, (warnings = [])));

    afterEach(async () => {
      await source.close();
      await consul.clear();
    });

    it('takes only instances whose checks all pass', async () => {
      await consul.put('catalog', [at(4001), at(4002), at(4003)]);
      open();
      await snapshotThat(source, 'catalog', having(4001, 4002, 4003));
      await consul.setCheck('catalog', 4001, 'fail');
      await snapshotThat(source, 'catalog', having(4002, 4003));
      await consul.setCheck('catalog', 4002, 'warn');
      await snapshotThat(source, 'catalog', having(4003));
      await consul.setCheck('catalog', 4001, 'pass');
      const last = await snapshotThat(source, 'catalog', having(4001, 4003));
      expect(last.state).toBe('fresh');
    });

    it('knows a new instance long before a second has passed', async () => {
      await consul.put('catalog', [at(4001)]);
      open();
      await snapshotThat(source, 'catalog', having(4001));
      const delays: number[] = [];
      for (const next of [4002, 4003]) {
        const known = snapshotThat(source, 'catalog', snapshot => ports(snapshot).includes(next));
        const startedAt = systemClock.now();
        await consul.register('catalog', at(next));
        await known;
        delays.push(systemClock.now() - startedAt);
      }
      for (const delayMs of delays) measured('from registering to the emission', delayMs);
      expect(Math.max(...delays)).toBeLessThan(500);
    });

    it('believes that instances are gone that go one by one, and not that all are gone at once', async () => {
      await consul.put('catalog', [at(4001), at(4002)]);
      open({ emptyGraceMs: 600 });
      await snapshotThat(source, 'catalog', having(4001, 4002));
      await consul.setCheck('catalog', 4001, 'fail');
      await snapshotThat(source, 'catalog', having(4002));
      await consul.setCheck('catalog', 4002, 'fail');
      expect(await snapshotThat(source, 'catalog', having())).toMatchObject({ state: 'fresh' });

      // One transaction of the catalog takes both away at the same index, as a restore or a lost node does.
      await consul.call('PUT', 'catalog/register', external('pricing', 5001));
      await consul.call('PUT', 'catalog/register', external('pricing', 5002));
      await snapshotThat(source, 'pricing', having(5001, 5002));
      await consul.call('PUT', 'catalog/deregister', { Node: 'elsewhere' });
      const held = await snapshotThat(source, 'pricing', ({ state }) => state === 'last-known-good');
      expect(ports(held)).toEqual([5001, 5002]);
      expect(warnings).toEqual([expect.stringContaining('pricing: Consul knows 0 of 2')]);
      expect(await snapshotThat(source, 'pricing', having())).toMatchObject({ state: 'fresh' });
    });

    it('empties nobody when Consul is wiped and its services come back one by one', async () => {
      const services = [4001, 4002, 4003].map(number => at(number));
      await consul.put('catalog', services);
      open();
      await snapshotThat(source, 'catalog', having(4001, 4002, 4003));
      const seen: string[] = [];
      const subscription = source.watch('catalog').subscribe(s => seen.push(`${s.state} ${s.instances.length}`));
      const samePort = await consul.kill();
      await snapshotThat(source, 'catalog', ({ state }) => state === 'last-known-good');
      await consul.start(samePort);
      const startedAt = systemClock.now();
      for (const service of services) {
        await consul.register('catalog', service);
        await new Promise(resolve => setTimeout(resolve, 150));
      }
      await snapshotThat(source, 'catalog', ({ state }) => state === 'fresh');
      const freshAfterMs = systemClock.now() - startedAt;
      measured('from the return of a wiped Consul to fresh, services coming one by one', freshAfterMs);
      expect(freshAfterMs).toBeLessThan(2_000);
      expect(seen).toEqual(['fresh 3', 'last-known-good 3', 'fresh 3']);
      subscription.unsubscribe();
    });

    it('costs about a query a second while a service flaps twenty times a second', async () => {
      await consul.put('catalog', [at(4001)]);
      let queries = 0;
      const count = (message: unknown) => {
        if ((message as { request: ClientRequest }).request.path.startsWith('/v1/health/service/catalog')) queries++;
      };
      diagnostics.subscribe('http.client.request.start', count);
      open();
      await snapshotThat(source, 'catalog', having(4001));
      const subscription = source.watch('catalog').subscribe();
      let flaps = 0;
      for (const until = systemClock.now() + 3_000; systemClock.now() < until; flaps++) {
        await consul.setCheck('catalog', 4001, flaps % 2 ? 'pass' : 'fail');
        await new Promise(resolve => setTimeout(resolve, 50));
      }
      subscription.unsubscribe();
      expect(flaps).toBeGreaterThan(30);
      diagnostics.unsubscribe('http.client.request.start', count);
      // Four at once, then one a second.
      expect(queries).toBeLessThanOrEqual(4 + 3);
      expect(queries).toBeGreaterThanOrEqual(4);
    });

    it('gives every service its turn when there are more of them than connections', async () => {
      const names = ['a', 'b', 'c', 'd', 'e'];
      open({ maxConnections: 2 });
      await Promise.all(names.map(name => snapshotThat(source, name, having())));
      await consul.put('e', [at(4009)]);
      await snapshotThat(source, 'e', having(4009));
      expect(warnings).toEqual([]);
    });

    it('closes at once while queries wait, and lets go of their connections', async () => {
      open();
      await Promise.all(['catalog', 'pricing'].map(name => snapshotThat(source, name, having())));
      const startedAt = systemClock.now();
      await source.close();
      expect(systemClock.now() - startedAt).toBeLessThan(200);
    });
  });
});

function external(service: string, port: number) {
  return {
    Node: 'elsewhere',
    Address: '127.0.0.1',
    SkipNodeUpdate: true,
    Service: { ID: `${service}-${port}`, Service: service, Address: '127.0.0.1', Port: port },
  };
}

describe('ConsulSource with an agent that misbehaves', () => {
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let requests: IncomingMessage[];
  let source: ConsulSource;
  let warnings: string[];
  const good =
    (index: unknown, ...wanted: number[]) =>
    (request: IncomingMessage, response: ServerResponse) => {
      response.setHeader('content-type', 'application/json');
      response.setHeader('x-consul-index', String(index));
      const entries = wanted.map(port => ({
        Node: { Address: '127.0.0.1' },
        Service: { ID: `i${port}`, Address: '127.0.0.1', Port: port, Weights: { Passing: 1 } },
        Checks: [],
      }));
      response.end(JSON.stringify(entries));
    };
  const hang = () => {};

  beforeEach(async () => {
    requests = [];
    warnings = [];
    answer = hang;
    server = createServer((request, response) => {
      requests.push(request);
      answer(request, response);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    source = sourceAt(`127.0.0.1:${(server.address() as AddressInfo).port}`, {}, warnings, 'the-secret-token');
  });

  afterEach(async () => {
    await source.close();
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });

  it.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
    ['answers 500', (_, response) => void response.writeHead(500).end('No cluster leader')],
    ['resets the connection', request => void request.socket.destroy()],
    [
      'breaks off in the middle of an answer',
      (request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
        response.write('[');
        setImmediate(() => request.socket.destroy());
      },
    ],
    ['answers no JSON', (_, response) => void response.setHeader('content-type', 'application/json').end('<html>')],
    [
      'answers JSON of another form',
      (_, response) => void response.setHeader('content-type', 'application/json').end('{}'),
    ],
    ['answers nothing', (_, response) => void response.writeHead(200).end()],
  ])('keeps what it knew when the agent %s, and asks anew without an index', async (_, misbehave) => {
    answer = (request, response) => {
      if (requests.length === 1) good(7, 4001)(request, response);
      else if (requests.length === 2) misbehave(request, response);
      else if (requests.length === 3) good(9, 4001, 4002)(request, response);
    };
    const seen: string[] = [];
    const subscription = source.watch('catalog').subscribe(s => seen.push(`${s.state} ${ports(s).join()}`));
    await snapshotThat(source, 'catalog', having(4001, 4002));
    subscription.unsubscribe();
    expect(seen).toEqual(['fresh 4001', 'last-known-good 4001', 'fresh 4001,4002']);
    expect(requests[0]?.url).not.toContain('index=');
    expect(requests[1]?.url).toContain('index=7');
    expect(requests[2]?.url).not.toContain('index=');
    expect(warnings).toHaveLength(1);
  });

  it('says once where no agent answers, and how to mend it', async () => {
    const failed = new Promise<void>(resolve => {
      answer = request => {
        request.socket.destroy();
        if (requests.length === 4) resolve();
      };
    });
    for (const service of ['catalog', 'pricing']) source.watch(service).subscribe();
    await failed;
    const told = warnings.filter(warning => warning.includes('no Consul answers'));
    expect(told).toEqual([expect.stringMatching(/ at 127\.0\.0\.1:\d+: .*CONSUL_HTTP_ADDR.*DISCOVERY=static/)]);
    expect(warnings[0]).toBe(told[0]);
  });

  it('starts over when the index goes back, and does not yet believe who is missing', async () => {
    const thirdRequest = new Promise<void>(resolve => {
      answer = (request, response) => {
        if (requests.length === 1) good(900, 4001, 4002)(request, response);
        else if (requests.length === 2) good(12, 4001)(request, response);
        else resolve();
      };
    });
    const held = await snapshotThat(source, 'catalog', ({ state }) => state === 'last-known-good');
    expect(ports(held)).toEqual([4001, 4002]);
    await thirdRequest;
    expect(requests[1]?.url).toContain('index=900');
    expect(requests[2]?.url).not.toContain('index=');
  });

  it('asks once a second at most when an agent never makes a query wait', async () => {
    answer = good(5, 4001);
    await snapshotThat(source, 'catalog', having(4001));
    await new Promise(resolve => setTimeout(resolve, 2_000));
    expect(requests.length).toBeLessThanOrEqual(4 + 2);
  });

  describe('that answers with no instances', () => {
    const none = (_: IncomingMessage, response: ServerResponse, filtered?: string): void => {
      response.setHeader('content-type', 'application/json');
      if (filtered !== undefined) response.setHeader('x-consul-results-filtered-by-acls', filtered);
      response.setHeader('x-consul-index', '9').end('[]');
    };
    const isOfAgent = ({ url }: IncomingMessage): boolean => url!.startsWith('/v1/agent/health/service/name/catalog?');

    /** One instance, and then none in the catalogue. @param status  what the agent says of its own health of the service */
    function vanishing(status: number, filtered?: string): Promise<Snapshot> {
      answer = (request, response) => {
        if (isOfAgent(request)) response.writeHead(status, { 'content-type': 'text/plain' }).end('Permission denied');
        else if (requests.length === 1) good(7, 4001)(request, response);
        else none(request, response, filtered);
      };
      return snapshotThat(source, 'catalog', snapshot => requests.some(isOfAgent) && snapshot.state !== 'fresh');
    }

    it.each([
      [403, undefined, 'service "catalog"'],
      [403, 'true', 'service "catalog"'],
      [404, 'true', 'node_prefix ""'],
    ])(
      'keeps those it knew where the token may not see them: status %p of the agent, filtered %p',
      async (status, filtered, rule) => {
        expect(ports(await vanishing(status, filtered))).toEqual([4001]);
        expect(source.trouble('catalog')).toContain(`needs ${rule} { policy = "read" }`);
        expect(warnings).toEqual([expect.stringContaining(source.trouble('catalog')!)]);
        expect(requests.find(isOfAgent)?.headers['x-consul-token']).toBe('the-secret-token');
      },
    );

    // The agent’s own instances may be ill, or it may not tell at all: neither is a refusal.
    it.each([200, 404, 429, 500, 503])('believes it where it may: status %p of the agent', async status => {
      void vanishing(status).catch(() => undefined);
      const last = await snapshotThat(source, 'catalog', ({ instances }) => instances.length === 0);
      expect([last.state, source.trouble('catalog')]).toEqual(['fresh', undefined]);
    });

    it('asks nobody where there are instances, though none is well', async () => {
      answer = (request, response) => {
        const entry = { Service: { ID: 'a', Address: 'a.test', Port: 80 }, Checks: [{ Status: 'critical' }] };
        response.setHeader('content-type', 'application/json').setHeader('x-consul-index', '7');
        if (requests.length === 1) response.end(JSON.stringify([entry]));
        else hang();
      };
      expect(await snapshotThat(source, 'catalog', () => true)).toMatchObject({ state: 'fresh', instances: [] });
      expect(requests.some(isOfAgent)).toBe(false);
    });

    it('goes by what Consul says alone where it looks into another datacenter', async () => {
      await source.close();
      const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      source = new ConsulSource({
        consul: consulOptions.parse({ address, datacenter: 'dc2' }),
        watch: watchOptions.parse({}),
        log: { info: () => {}, warn: message => void warnings.push(message) },
      });
      answer = (request, response) => {
        if (requests.length === 1) none(request, response, 'true');
        else if (requests.length === 2) none(request, response);
      };
      expect(await snapshotThat(source, 'catalog', () => true)).toMatchObject({ state: 'fresh', instances: [] });
      expect(warnings).toEqual([expect.stringContaining('needs service "catalog"')]);
      expect(requests.some(isOfAgent)).toBe(false);
    });
  });

  it('sends the token as a header and never logs it', async () => {
    answer = (_, response) => void response.writeHead(403, { 'content-type': 'text/plain' }).end('ACL not found');
    source.watch('catalog').subscribe();
    await new Promise<void>(resolve => server.once('request', () => resolve()));
    await source.close();
    expect(requests[0]?.headers['x-consul-token']).toBe('the-secret-token');
    expect(requests[0]?.url).not.toContain('secret');
    expect(warnings.join()).not.toContain('secret');
  });
});
