import { ClientNats, ClientRedis, ClientRMQ, NatsRecordBuilder, RmqRecordBuilder } from '@nestjs/microservices';
import { BootProblems, Credentials, type UpstreamError } from 'guichet/kernel';
import { describeWithRedis, RealRedis } from 'guichet/testing';
import { BehaviorSubject, firstValueFrom, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { z } from 'zod';
import { obtainRabbitmq, type RunningRabbitmq, startRabbitmq } from '../../../../scripts/servers/rabbitmq.mjs';
import { type MicroserviceHost, serveMicroservice } from '../../test/microservice-rig.js';
import { NatsServer } from '../../test/nats-rig.js';
import { contextOf, upstreamRig, type UpstreamRig } from '../../test/upstream-rig.js';
import type { UpstreamCall } from '../upstream-call.js';
import type { UpstreamOptions } from '../upstream-options.js';
import { UpstreamRegistry } from '../upstream-registry.js';
import { Upstream, type UpstreamClass } from '../upstream.decorator.js';
import type { BrokerLink } from './broker-link.js';
import { MicroserviceClient, type MicroserviceProxy } from './microservice-client.js';
import { MicroserviceUpstream } from './microservice-upstream.js';

const stock = z.object({ sku: z.string(), left: z.number() });

abstract class Warehouse extends MicroserviceUpstream {
  stock(sku: string, options = {}) {
    return this.send('stock', { data: { sku }, schema: stock, safe: true, ...options });
  }
  ask(cmd: string, options = {}) {
    return this.send({ cmd }, options);
  }
}

const options: UpstreamOptions = {
  timeoutMs: 2_000,
  sharedBudgetMs: 30_000,
  maxRetries: 0,
  breaker: false,
  ejection: false,
};
const closing: (() => Promise<unknown> | void)[] = [];
let rig: UpstreamRig;

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function clientOf<C extends Warehouse>(
  client: UpstreamClass<C>,
  port: number,
  more: UpstreamOptions = {},
): Promise<C> {
  rig = await upstreamRig([client], { overrides: { warehouse: { ...options, ...more } } });
  closing.push(() => rig.close());
  rig.source.set('warehouse', {
    id: 'broker',
    service: 'warehouse',
    host: '127.0.0.1',
    port,
    weight: 1,
    tags: [],
    meta: {},
  });
  return rig.app.get<C>(client);
}

const failure = (call: UpstreamCall<unknown>): Promise<UpstreamError> =>
  firstValueFrom(call).then(
    value => {
      throw new Error(`did not fail: ${JSON.stringify(value)}`);
    },
    (error: unknown) => error as UpstreamError,
  );

const link = (): BrokerLink<object> =>
  rig.app.get(UpstreamRegistry).upstream('warehouse').endpoints.list[0]!.pool as BrokerLink<object>;

async function whenUp(isUp = true): Promise<number> {
  const startedAt = performance.now();
  while (link().isUp !== isUp) {
    if (performance.now() - startedAt > 15_000) throw new Error(`the link is not ${isUp ? 'up' : 'down'}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  return performance.now() - startedAt;
}

/** What every broker must do alike. */
function behaves(client: UpstreamClass<Warehouse>, port: () => number, host: () => MicroserviceHost): void {
  it('is answered by the service', async () => {
    const warehouse = await clientOf(client, port());
    await expect(firstValueFrom(warehouse.in(contextOf()).stock('film-1'))).resolves.toEqual({
      sku: 'film-1',
      left: 3,
    });
    const many = Array.from({ length: 20 }, (_, i) => firstValueFrom(warehouse.in(contextOf()).stock(`film-${i}`)));
    expect((await Promise.all(many)).map(({ sku }) => sku)).toEqual(many.map((_, i) => `film-${i}`));
  });

  it('takes a handler that gives nothing at its word', async () => {
    const warehouse = await clientOf(client, port());
    await expect(firstValueFrom(warehouse.in(contextOf()).ask('nothing'))).resolves.toBeUndefined();
  });

  it.each([
    ['missing', { code: 'upstream-status', status: 404 }],
    ['invalid', { code: 'upstream-status', status: 422, body: { statusCode: 422, field: 'sku' } }],
    ['broken', { code: 'upstream-status', status: 500 }],
  ])('tells of a handler that throws "%s"', async (cmd, expected) => {
    const warehouse = await clientOf(client, port());
    const error = await failure(warehouse.in(contextOf()).ask(cmd));
    expect(error).toMatchObject(expected);
    expect(error.message).not.toContain('secret');
  });

  it('takes its time without a reply, and leaves nothing behind', async () => {
    const warehouse = await clientOf(client, port(), { timeoutMs: 400 });
    await whenUp();
    await expect(failure(warehouse.in(contextOf()).ask('silent'))).resolves.toMatchObject({ code: 'upstream-timeout' });
    expect((link() as unknown as { exchanges: Set<unknown> }).exchanges.size).toBe(0);
    expect(host().served()).toBeGreaterThan(0);
  });

  it('checks what it is answered with', async () => {
    const warehouse = await clientOf(client, port(), { maxBytes: 1_000 });
    await expect(failure(warehouse.in(contextOf()).ask('large'))).resolves.toMatchObject({
      code: 'upstream-too-large',
    });
    await expect(failure(warehouse.in(contextOf()).ask('nothing', { schema: stock }))).resolves.toMatchObject({
      code: 'upstream-malformed',
    });
  });
}

describe('an upstream over RabbitMQ', () => {
  @Upstream('warehouse', { identity: 'user', allowsAnonymous: true })
  @MicroserviceClient({
    connect: ({ host, port }) =>
      new ClientRMQ({
        urls: [`amqp://guest:guest@${host}:${port}`],
        queue: 'warehouse',
        queueOptions: { durable: false },
      }),
    record: (data, headers) => new RmqRecordBuilder(data).setOptions({ headers }).build(),
    packages: ['amqplib', 'amqp-connection-manager'],
  })
  class WarehouseClient extends Warehouse {}

  let broker: RunningRabbitmq;
  let host: MicroserviceHost;

  beforeAll(async () => {
    broker = await startRabbitmq({ programs: await obtainRabbitmq() });
    host = await serveMicroservice('rmq', broker.port);
  }, 180_000);
  afterAll(async () => {
    await host.close();
    await broker.kill();
  });

  behaves(
    WarehouseClient,
    () => broker.port,
    () => host,
  );

  it('sends context and identity along', async () => {
    const warehouse = await clientOf(WarehouseClient, broker.port);
    const context = contextOf(5_000, 'request-9');
    context.request.principal = { issuer: 'https://issuer.example', subject: 'c2', claims: {} };
    context.request.credentials = new Credentials('a-token');
    const told = (await firstValueFrom(warehouse.in(context).ask('headers'))) as Record<string, string>;
    expect(told).toMatchObject({ 'x-request-id': 'request-9', authorization: 'Bearer a-token' });
    expect(Number(told['x-deadline-ms'])).toBeGreaterThan(0);
  });

  it('is connected again within 2 s of the broker, which lost everything', async () => {
    const own = await startRabbitmq({ programs: await obtainRabbitmq() });
    const warehouse = await clientOf(WarehouseClient, own.port);
    await whenUp();
    const { port } = own;
    const pending = failure(warehouse.in(contextOf(20_000)).ask('silent', { timeoutMs: 15_000 }));
    await own.kill();
    await expect(pending).resolves.toMatchObject({ code: 'upstream-reset' });
    await whenUp(false);
    await expect(failure(warehouse.in(contextOf()).stock('film-1'))).resolves.toMatchObject({
      code: 'upstream-refused',
    });
    const again = await startRabbitmq({ programs: await obtainRabbitmq(), port });
    closing.push(() => again.kill());
    expect(await whenUp()).toBeLessThan(2_000);
  }, 120_000);
});

describeWithRedis('an upstream over Redis', () => {
  @Upstream('warehouse')
  @MicroserviceClient({ connect: ({ host, port }) => new ClientRedis({ host, port }), packages: ['ioredis'] })
  class WarehouseClient extends Warehouse {}

  const redis = new RealRedis();
  let host: MicroserviceHost;

  beforeAll(async () => {
    await redis.start();
    host = await serveMicroservice('redis', Number(new URL(redis.url).port));
  }, 30_000);
  afterAll(async () => {
    await host.close();
    await redis.stop();
  });

  behaves(
    WarehouseClient,
    () => Number(new URL(redis.url).port),
    () => host,
  );

  it('refuses to leave out what must be told', async () => {
    const warehouse = await clientOf(WarehouseClient, Number(new URL(redis.url).port));
    const ask =
      (given: object): (() => unknown) =>
      () =>
        warehouse.in(contextOf()).ask('stock', given);
    expect(ask({ identity: 'user' })).toThrow('identity "user" cannot be sent by this client');
    expect(ask({ idempotencyKey: 'k' })).toThrow('an idempotency key cannot be sent by this client');
    expect(ask({ headers: { 'x-a': 'b' } })).toThrow('headers cannot be sent by this client');
  });
});

describe("an upstream over Nest's own NATS client", () => {
  @Upstream('warehouse')
  @MicroserviceClient({
    connect: ({ host, port }) => new ClientNats({ servers: [`${host}:${port}`], reconnect: false }),
    record: data => new NatsRecordBuilder(data).build(),
    packages: ['@nats-io/transport-node'],
  })
  class WarehouseClient extends Warehouse {}

  it('that nobody listens for is refused', async () => {
    const server = await NatsServer.start();
    closing.push(() => server.kill());
    const warehouse = await clientOf(WarehouseClient, server.port);
    await expect(failure(warehouse.in(contextOf()).stock('film-1'))).resolves.toMatchObject({
      code: 'upstream-refused',
    });
  });
});

describe('a client of microservices', () => {
  const proxies: FakeProxy[] = [];
  class FakeProxy implements MicroserviceProxy {
    status: Subject<string> = new Subject();
    isClosed = false;
    connect: MicroserviceProxy['connect'] = () => Promise.resolve();
    reply: Observable<unknown> = of({ sku: 'film-1', left: 1 });
    constructor() {
      proxies.push(this);
    }
    send<T>(): Observable<T> {
      return this.reply as Observable<T>;
    }
    close(): void {
      this.isClosed = true;
      if (this.isClosed) throw new Error('cannot even close');
    }
  }
  let next: (proxy: FakeProxy) => void = () => {};

  @Upstream('warehouse')
  @MicroserviceClient({
    connect: () => {
      const proxy = new FakeProxy();
      next(proxy);
      return proxy;
    },
  })
  class WarehouseClient extends Warehouse {}

  beforeEach(() => {
    proxies.length = 0;
    next = () => {};
  });

  it('is replaced when it says that it is down, and what was under way is lost', async () => {
    next = proxy => (proxy.reply = NEVER);
    const warehouse = await clientOf(WarehouseClient, 1);
    await whenUp();
    const pending = failure(warehouse.in(contextOf()).stock('film-1'));
    proxies[0]!.status.next('reconnecting');
    await expect(pending).resolves.toMatchObject({ code: 'upstream-reset' });
    await whenUp();
    expect([proxies.length, proxies[0]!.isClosed]).toEqual([2, true]);
  });

  it('that is down as soon as it is up is replaced, too', async () => {
    next = proxy => {
      if (proxies.length === 1) proxy.status = new BehaviorSubject('disconnected');
    };
    const warehouse = await clientOf(WarehouseClient, 1);
    await expect(failure(warehouse.in(contextOf()).stock('x'))).resolves.toMatchObject({ code: 'upstream-refused' });
    await whenUp();
    expect([proxies.length, proxies[0]!.isClosed]).toEqual([2, true]);
  });

  it('that cannot connect, or never does, is given up and let go', async () => {
    let tries = 0;
    next = proxy => {
      const isFirst = ++tries === 1;
      if (tries > 2) return;
      proxy.connect = () => (isFirst ? new Promise(() => {}) : Promise.reject(new Error('secret-word')));
    };
    const warehouse = await clientOf(WarehouseClient, 1, { connectTimeoutMs: 50, timeoutMs: 1_000 });
    const error = await failure(warehouse.in(contextOf()).stock('film-1'));
    expect(error.code).toBe('upstream-refused');
    expect(error.message).not.toContain('secret');
    await whenUp();
    expect(proxies.slice(0, -1).every(({ isClosed }) => isClosed)).toBe(true);
    expect(proxies.length).toBeGreaterThan(2);
  });

  it('may answer at once, by an error of its own, or with keys that pollute', async () => {
    const warehouse = await clientOf(WarehouseClient, 1);
    await whenUp();
    const [proxy] = proxies as [FakeProxy];
    await expect(firstValueFrom(warehouse.in(contextOf()).stock('x'))).resolves.toEqual({ sku: 'film-1', left: 1 });
    proxy.reply = throwError(() => new Error('channel closed'));
    await expect(failure(warehouse.in(contextOf()).stock('x'))).resolves.toMatchObject({ code: 'upstream-reset' });
    proxy.reply = of(JSON.parse('{"a":{"__proto__":{"isAdmin":true}}}'));
    expect(JSON.stringify(await firstValueFrom(warehouse.in(contextOf()).ask('x')))).toBe('{"a":{}}');
    proxy.send = () => {
      throw new Error('not even that');
    };
    await expect(failure(warehouse.in(contextOf()).stock('x'))).resolves.toMatchObject({ code: 'upstream-refused' });
  });

  it('must be declared, with packages that are there', () => {
    class Undeclared extends MicroserviceUpstream {}
    @MicroserviceClient({ connect: () => new FakeProxy(), packages: ['no-such-package'] })
    class Missing extends MicroserviceUpstream {}
    const problems = new BootProblems();
    Undeclared.prepare(problems);
    Missing.prepare(problems);
    expect(problems.all).toMatchObject([
      { where: 'Undeclared', path: '@MicroserviceClient' },
      { where: 'Missing', mend: 'npm install @nestjs/microservices no-such-package' },
    ]);
  });
});
