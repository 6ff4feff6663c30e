import { createServer, type Server } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { systemClock } from 'guichet/kernel';
import { ManualClock } from 'guichet/testing';
import { describeWithConsul, measured, RealConsul } from './real-consul.test-rig.js';
import { register, Registration } from './registration.js';

const listen = (server: { listen(port: number, host: string, done: () => void): unknown; address(): unknown }) =>
  new Promise<number>(resolve => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));

/** Looks again until something is so, for as long as a test may take. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo().catch(() => false))) await new Promise(resolve => setTimeout(resolve, 5));
}

describeWithConsul('Registration with a real Consul', () => {
  const consul = new RealConsul();
  let app: Server;
  let port: number;
  let isHealthy: boolean;
  let registration: Registration | undefined;

  interface Entry {
    Service: { ID: string; Address: string; Port: number; Tags: string[]; Meta: unknown; Weights: { Passing: number } };
    Checks: { CheckID: string; Status: string }[];
  }
  const entries = async () => (await consul.call('GET', 'health/service/web?passing=true')) as Entry[];
  const isFound = async () => (await entries()).some(({ Service }) => Service.Port === port);
  const self = (more = {}) => ({ name: 'web', host: '127.0.0.1', port, consul: { address: consul.address }, ...more });

  beforeAll(() => consul.start(), 30_000);
  afterAll(() => consul.stop());

  beforeEach(async () => {
    isHealthy = true;
    app = createServer((request, response) => {
      response.writeHead(isHealthy && request.url === '/health/live' ? 200 : 503).end();
    });
    port = await listen(app);
  });

  afterEach(async () => {
    await registration?.deregister();
    registration = undefined;
    await new Promise(resolve => app.close(resolve));
  });

  it('is found, and takes traffic, as soon as it is registered', async () => {
    const startedAt = systemClock.now();
    registration = await register(self({ weight: 7, tags: ['v2'], meta: { zone: 'a' } }));
    await until(isFound);
    const foundAfterMs = systemClock.now() - startedAt;
    measured('from start to passing in the catalog', foundAfterMs);
    expect(foundAfterMs).toBeLessThan(1_000);
    expect(registration.isRegistered).toBe(true);
    expect((await entries())[0]?.Service).toMatchObject({
      ID: `web-127.0.0.1:${port}`,
      Address: '127.0.0.1',
      Port: port,
      Tags: ['v2'],
      Meta: { zone: 'a' },
      Weights: { Passing: 7 },
    });
  });

  it('registers nothing that is not healthy yet', async () => {
    isHealthy = false;
    registration = await register(self());
    expect(registration.isRegistered).toBe(false);
    expect(await consul.call('GET', 'agent/services')).toEqual({});
    isHealthy = true;
    await until(isFound);
  });

  it('is no longer found once its check fails', async () => {
    registration = await register(self());
    await until(isFound);
    isHealthy = false;
    await until(async () => !(await isFound()));
    // The agent keeps the entry: it may recover.
    expect(registration.isRegistered).toBe(true);
  });

  it('is found by gRPC as long as grpc.health.v1 says that it serves', async () => {
    isHealthy = false;
    const asked = new Set<string | undefined>();
    const grpc = createHttp2Server().on('stream', (stream, headers) => {
      asked.add(headers[':path']);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      // SERVING is 1, NOT_SERVING 2.
      stream.resume().on('end', () => stream.end(Buffer.from([0, 0, 0, 0, 2, 0x08, isHealthy ? 1 : 2])));
    });
    const sessions = new Set<{ destroy(): void }>();
    grpc.on('session', session => sessions.add(session));
    const grpcPort = await listen(grpc);
    const isGrpcFound = async () => (await entries()).some(({ Service }) => Service.Port === grpcPort);
    registration = await register(self({ port: grpcPort, check: 'grpc' }));
    expect([registration.isRegistered, await isGrpcFound()]).toEqual([false, false]);
    isHealthy = true;
    await until(isGrpcFound);
    expect([...asked]).toEqual(['/grpc.health.v1.Health/Check']);
    isHealthy = false;
    await until(async () => !(await isGrpcFound()));
    isHealthy = true;
    await until(isGrpcFound);
    for (const session of sessions) session.destroy();
    await new Promise(resolve => grpc.close(resolve));
    await until(async () => !(await isGrpcFound()));
  });

  it('registers again within a second when its entry is lost', async () => {
    registration = await register(self());
    await until(isFound);
    const startedAt = systemClock.now();
    await consul.call('PUT', `agent/service/deregister/${registration.id}`);
    await until(isFound);
    const backAfterMs = systemClock.now() - startedAt;
    measured('from a lost entry to registered again', backAfterMs);
    expect(backAfterMs).toBeLessThan(1_000);
  });

  it('registers again within a second of the return of a Consul that was wiped', async () => {
    registration = await register(self());
    await until(isFound);
    const samePort = await consul.kill();
    await until(async () => registration?.isRegistered === false);
    await consul.start(samePort);
    const startedAt = systemClock.now();
    await until(isFound);
    const backAfterMs = systemClock.now() - startedAt;
    measured('from the return of a wiped Consul to registered again', backAfterMs);
    expect(backAfterMs).toBeLessThan(1_100);
  });

  it('starts while Consul is away, and registers when it comes', async () => {
    const samePort = await consul.kill();
    registration = await register({
      name: 'web',
      host: '127.0.0.1',
      port,
      consul: { address: `127.0.0.1:${samePort}` },
    });
    expect(registration.isRegistered).toBe(false);
    await consul.start(samePort);
    await until(isFound);
  });

  it('says that it is not to be called any more, before it takes its entry back', async () => {
    registration = await register(self());
    await until(isFound);
    await registration.withdraw();
    expect(await isFound()).toBe(false);
    const all = (await consul.call('GET', 'health/service/web')) as Entry[];
    expect(all.map(({ Service, Checks }) => [Service.Port, Checks.map(({ Status }) => Status).sort()])).toEqual([
      [port, expect.arrayContaining(['critical', 'passing'])],
    ]);
    await registration.deregister();
    expect(await consul.call('GET', 'agent/services')).toEqual({});
  });

  it('is found again where an earlier life of it was killed while it left', async () => {
    registration = await register(self());
    await registration.withdraw();
    expect(await isFound()).toBe(false);
    // Nothing more is heard of that life.
    registration = await register(self());
    await until(isFound);
    expect(registration.isRegistered).toBe(true);
  });

  it('takes its entry back, and does not put it there again', async () => {
    registration = await register(self());
    await until(isFound);
    await registration.deregister();
    expect(await consul.call('GET', 'agent/services')).toEqual({});
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(await consul.call('GET', 'agent/services')).toEqual({});
  });

  it('leaves nothing behind when it is stopped while it starts', async () => {
    for (let round = 0; round < 10; round++) {
      const early = new Registration(self());
      void early.start();
      await new Promise(resolve => setTimeout(resolve, round));
      await early.deregister();
      expect(await consul.call('GET', 'agent/services')).toEqual({});
    }
  });
});

describe('Registration without Consul', () => {
  it('does not hold a shutdown up for more than a second when Consul takes connections and never answers', async () => {
    const app = createServer((_, response) => void response.end());
    let asked = 0;
    const sockets = new Set<{ destroy(): void }>();
    const mute = createTcpServer(socket => {
      sockets.add(socket.on('error', () => {}));
      socket.on('data', data => {
        asked++;
        if (data.toString().includes('status/leader')) {
          socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 3\r\n\r\n"a"');
        }
      });
    });
    const [port, consulPort] = await Promise.all([listen(app), listen(mute)]);
    const registration = new Registration({
      name: 'web',
      host: '127.0.0.1',
      port,
      consul: { address: `127.0.0.1:${consulPort}` },
    });
    void registration.start();
    await until(async () => asked >= 2);
    const startedAt = systemClock.now();
    await registration.deregister();
    expect(systemClock.now() - startedAt).toBeLessThan(1_300);
    expect(systemClock.now() - startedAt).toBeGreaterThan(900);
    for (const socket of sockets) socket.destroy();
    await Promise.all([app, mute].map(server => new Promise(resolve => server.close(resolve))));
  });

  it('says once what its token may not, asks seldom, and registers once it may', async () => {
    const app = createServer((_, response) => void response.end());
    let isAllowed = false;
    let asked = 0;
    const consul = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      if (request.url === '/v1/status/leader') return void response.end('"127.0.0.1:8300"');
      if (request.method === 'GET') return;
      asked++;
      if (isAllowed) response.end();
      else response.writeHead(403, { 'content-type': 'text/plain' }).end('Permission denied');
    });
    const [port, consulPort] = await Promise.all([listen(app), listen(consul)]);
    const clock = new ManualClock();
    const told: string[] = [];
    const registration = new Registration({
      name: 'web',
      host: '127.0.0.1',
      port,
      consul: { address: `127.0.0.1:${consulPort}`, token: 'planted' },
      clock,
      log: { info: text => void told.push(text), warn: text => void told.push(`! ${text}`) },
    });
    await registration.start();
    expect(registration.isRegistered).toBe(false);
    for (let round = 2; round <= 4; round++) {
      clock.advance(2_999);
      await new Promise(resolve => setTimeout(resolve, 20));
      expect(asked).toBe(round - 1);
      isAllowed = round === 4;
      clock.advance(2_001);
      await until(async () => asked === round);
      // The next wait begins once the answer is read.
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    expect(told).toEqual([
      expect.stringMatching(/^! web-.*: Consul refuses it \(.* needs service "web" \{ policy = "write" \}\)$/),
      expect.stringContaining('registered at'),
    ]);
    expect(told.join()).not.toContain('planted');
    await registration.deregister();
    consul.closeAllConnections();
    await Promise.all([app, consul].map(server => new Promise(resolve => server.close(resolve))));
  });

  it('refuses an address of Consul that is none, at once', async () => {
    const options = { name: 'web', host: '127.0.0.1', port: 1, consul: { address: 'unix:///run/consul.sock' } };
    await expect(register(options)).rejects.toThrow(/unix socket/);
  });
});
