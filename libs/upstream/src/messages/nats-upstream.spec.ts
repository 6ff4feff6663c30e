import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { headers as natsHeaders } from '@nats-io/transport-node';
import { BootProblems, Credentials, type UpstreamError } from 'guichet/kernel';
import { firstValueFrom } from 'rxjs';
import { z } from 'zod';
import { NatsServer, Responder, type Responses } from '../../test/nats-rig.js';
import { contextOf, started, upstreamRig, type UpstreamRig } from '../../test/upstream-rig.js';
import { batch } from '../batch/batch.js';
import type { StackCall } from '../stack-call.js';
import type { UpstreamCall } from '../upstream-call.js';
import { UpstreamRegistry } from '../upstream-registry.js';
import type { UpstreamOptions } from '../upstream-options.js';
import { Upstream, type UpstreamClass } from '../upstream.decorator.js';
import type { BrokerLink } from './broker-link.js';
import { NatsService } from './nats-service.js';
import { NatsUpstream } from './nats-upstream.js';

const stock = z.object({ sku: z.string(), left: z.number() });

const stocks = batch({
  load: (client: InventoryClient, skus: readonly string[]) => client.all(skus),
  pick: (found, sku) => found.find(one => one.sku === sku),
});

@Upstream('inventory')
@NatsService({ prefix: 'shop.inventory' })
class InventoryClient extends NatsUpstream {
  stock(sku: string, options = {}) {
    return this.request('stock.:sku', { params: { sku }, schema: stock, safe: true, ...options });
  }
  all(skus: readonly string[]) {
    return this.request('stock', { data: { skus }, schema: z.array(stock), safe: true });
  }
  single(sku: string) {
    return this.one(stocks, sku);
  }
  reserve(sku: string, idempotencyKey?: string) {
    return this.request('reserve', { data: { sku }, ...(idempotencyKey !== undefined && { idempotencyKey }) });
  }
}

// Neither breaker nor ejection may keep a call from being made: what a connection does is looked at.
const ALL_LET_THROUGH: UpstreamOptions = {
  timeoutMs: 2_000,
  sharedBudgetMs: 30_000,
  maxRetries: 0,
  breaker: false,
  ejection: false,
};
const PLENTY = JSON.stringify({ sku: 'film-1', left: 3, cost: 'secret' });

const closing: (() => Promise<unknown> | void)[] = [];
let server: NatsServer;
let rig: UpstreamRig;

beforeAll(async () => {
  server = await NatsServer.start();
}, 120_000);
afterAll(() => server.kill());
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const instanceAt = (port: number) => ({
  id: `i${port}`,
  service: 'inventory',
  host: '127.0.0.1',
  port,
  weight: 1,
  tags: [],
  meta: {},
});

async function clientOf(
  ports: readonly number[],
  options: UpstreamOptions = {},
  client: UpstreamClass<InventoryClient> = InventoryClient,
): Promise<InventoryClient> {
  rig = await upstreamRig([client], { overrides: { inventory: { ...ALL_LET_THROUGH, ...options } } });
  rig.source.set('inventory', ...ports.map(instanceAt));
  closing.push(() => rig.close());
  return rig.app.get<InventoryClient>(client);
}

async function responding(responses: Responses): Promise<Responder> {
  const responder = await Responder.start([server.address], responses);
  closing.push(() => responder.stop());
  return responder;
}

async function failure(call: UpstreamCall<unknown>): Promise<UpstreamError> {
  return firstValueFrom(call).then(
    value => {
      throw new Error(`did not fail: ${JSON.stringify(value)}`);
    },
    (error: unknown) => error as UpstreamError,
  );
}

async function listening(greeting: (socket: Socket) => void): Promise<number> {
  const listener: Server = createServer(greeting).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  closing.push(() => void listener.close());
  return (listener.address() as AddressInfo).port;
}

const linkOf = (name: string): BrokerLink<object> =>
  rig.app.get(UpstreamRegistry).upstream(name).endpoints.list[0]!.pool as BrokerLink<object>;

/** Resolves once the link is connected, or is not any more. */
async function whenUp(isUp = true): Promise<number> {
  const startedAt = performance.now();
  while (linkOf('inventory').isUp !== isUp) {
    if (performance.now() - startedAt > 10_000) throw new Error(`the link is not ${isUp ? 'up' : 'down'}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  return performance.now() - startedAt;
}

describe('a request over NATS', () => {
  it('is answered by who listens, in what the schema declares', async () => {
    const responder = await responding(() => ({ data: PLENTY }));
    const client = await clientOf([server.port]);
    const context = contextOf(5_000, 'request-7');
    await expect(firstValueFrom(client.in(context).stock('film-1'))).resolves.toEqual({ sku: 'film-1', left: 3 });
    const [asked] = responder.asked;
    expect(asked).toMatchObject({ subject: 'shop.inventory.stock.film-1', data: '' });
    expect(asked!.headers).toMatchObject({ 'x-request-id': 'request-7' });
    expect(Number(asked!.headers['x-deadline-ms'])).toBeGreaterThan(0);
  });

  it('carries data, identity and what else goes along as headers', async () => {
    const responder = await responding(() => ({}));
    const client = await clientOf([server.port], { identity: 'user' });
    const context = contextOf();
    context.request.principal = { issuer: 'https://issuer.example', subject: 'c2', claims: {} };
    context.request.credentials = new Credentials('a-token');
    await expect(firstValueFrom(client.in(context).reserve('film-1', 'key-1'))).resolves.toBeUndefined();
    expect(responder.asked[0]).toMatchObject({
      data: '{"sku":"film-1"}',
      headers: {
        'content-type': 'application/json',
        authorization: 'Bearer a-token',
        'idempotency-key': 'key-1',
      },
    });
  });

  it.each([
    ['what does not fit the schema', () => ({ data: '{"sku":"film-1"}' })],
    ['no JSON', () => ({ data: '{"left":' })],
    ['what is no UTF-8 text', () => ({ data: '\uD800' })],
    ['nothing where there must be something', () => ({})],
    ['another media type', () => ({ data: PLENTY, headers: told({ 'content-type': 'text/xml' }) })],
    ['an encoding', () => ({ data: PLENTY, headers: told({ 'content-encoding': 'gzip' }) })],
  ])('that is answered with %s is malformed', async (_, responses) => {
    await responding(responses);
    const client = await clientOf([server.port]);
    await expect(failure(client.in(contextOf()).stock('film-1'))).resolves.toMatchObject({
      code: 'upstream-malformed',
    });
  });

  it.each([
    ['404', 404],
    ['429', 429],
    ['503', 503],
    ['12', 500],
    ['no number', 500],
  ])('that is answered by the error %s has the status %i', async (code, status) => {
    await responding(() => ({
      data: '{"secret":1}',
      headers: told({ 'Nats-Service-Error': 'secret-word', 'Nats-Service-Error-Code': code, 'Retry-After': '2' }),
    }));
    const client = await clientOf([server.port]);
    const error = await failure(client.in(contextOf()).stock('film-1'));
    expect(error).toMatchObject({ code: 'upstream-status', status, retryAfterMs: 2_000, body: undefined });
    expect(error.message).not.toContain('secret');
  });

  it('that is refused tells what was wrong with it', async () => {
    await responding(() => ({
      data: '{"field":"sku","__proto__":{"x":1}}',
      headers: told({ 'nats-service-error-code': '422' }),
    }));
    const client = await clientOf([server.port]);
    const { status, body } = await failure(client.in(contextOf()).stock('film-1'));
    expect([status, JSON.stringify(body)]).toEqual([422, '{"field":"sku"}']);
  });

  it('that is answered with more than may be is too large', async () => {
    await responding(() => ({ data: JSON.stringify('x'.repeat(2_000)) }));
    const client = await clientOf([server.port], { maxBytes: 1_000 });
    await expect(failure(client.in(contextOf()).stock('film-1'))).resolves.toMatchObject({
      code: 'upstream-too-large',
    });
  });

  it('that is larger than the broker takes is not sent, and is no fault of the broker', async () => {
    const client = await clientOf([server.port]);
    const error = await failure(client.in(contextOf()).reserve('x'.repeat(1_100_000)));
    expect(error).toMatchObject({ code: 'upstream-status', status: 413 });
    expect(linkOf('inventory').isUp).toBe(true);
  });

  it('that nobody listens for is refused', async () => {
    const client = await clientOf([server.port]);
    await expect(failure(client.in(contextOf()).stock('film-1'))).resolves.toMatchObject({
      code: 'upstream-refused',
      instance: server.address,
    });
  });

  it('that gets no reply takes its time, and leaves nothing behind', async () => {
    await responding(() => undefined);
    const client = await clientOf([server.port], { timeoutMs: 100 });
    await expect(failure(client.in(contextOf()).stock('film-1'))).resolves.toMatchObject({ code: 'upstream-timeout' });
    expect(pendingOf(linkOf('inventory'))).toBe(0);
  });

  it('lets go of its reply when it is cancelled; a late one reaches nobody', async () => {
    const late: (() => void)[] = [];
    const responder = await Responder.start([server.address], message => void late.push(() => message.respond(PLENTY)));
    closing.push(() => responder.stop());
    const client = await clientOf([server.port]);
    const asked = responder.next();
    const { handle, outcome } = started(client.in(contextOf()).stock('film-1', { safe: false }));
    let settled = false;
    void outcome.finally(() => (settled = true)).catch(() => {});
    await asked;
    handle.cancel();
    expect(pendingOf(linkOf('inventory'))).toBe(0);
    late[0]!();
    await expect(
      Promise.race([responder.next(), firstValueFrom(client.in(contextOf()).stock('other', { timeoutMs: 200 }))]),
    ).resolves.toBeUndefined();
    expect(settled).toBe(false);
  });

  it('finds its own reply among many', async () => {
    const waiting: { readonly subject: string; respond(data: string): void }[] = [];
    await responding(message => {
      waiting.push({ subject: message.subject, respond: data => void message.respond(data) });
      if (waiting.length < 50) return undefined;
      for (const { subject, respond } of waiting.reverse()) {
        respond(JSON.stringify({ sku: subject.split('.')[3], left: 1 }));
      }
      return undefined;
    });
    const client = await clientOf([server.port]);
    const skus = Array.from({ length: 50 }, (_, i) => `film-${i}`);
    const found = await Promise.all(skus.map(sku => firstValueFrom(client.in(contextOf()).stock(sku))));
    expect(found.map(({ sku }) => sku)).toEqual(skus);
  });

  it('is shared by equal ones that change nothing, and gathered by key in a batch', async () => {
    const responder = await responding(({ subject }) => ({
      data: subject.endsWith('.stock')
        ? JSON.stringify([
            { sku: 'a', left: 1 },
            { sku: 'b', left: 2 },
          ])
        : PLENTY,
    }));
    const client = await clientOf([server.port]);
    const context = contextOf();
    const twice = [client.in(context).stock('film-1'), client.in(context).stock('film-1')];
    await Promise.all(twice.map(call => firstValueFrom(call)));
    expect(responder.asked).toHaveLength(1);
    const keys = await Promise.all(['a', 'b'].map(sku => firstValueFrom(client.in(context).single(sku))));
    expect(keys.map(({ left }) => left)).toEqual([1, 2]);
    expect(responder.asked.slice(1)).toMatchObject([{ data: '{"skus":["a","b"]}' }]);
  });

  it.each(['a.b', '*', '>', 'a b', 'a\r\nPUB x 0\r\n', '', 'x'.repeat(257), '\u0000'])(
    'does not leave its subject by the value %j',
    async value => {
      const client = await clientOf([server.port]);
      expect(() => client.in(contextOf()).stock(value)).toThrow(expect.objectContaining({ name: 'InvalidInput' }));
    },
  );
});

describe('a connection to NATS', () => {
  it('is there before the first call, and does not keep the boot waiting', async () => {
    const client = await clientOf([server.port]);
    await whenUp();
    await expect(failure(client.in(contextOf()).stock('film-1'))).resolves.toMatchObject({ code: 'upstream-refused' });
  });

  it('that is being made is waited for by the first call', async () => {
    await responding(() => ({ data: PLENTY }));
    const client = await clientOf([server.port]);
    await expect(firstValueFrom(client.in(contextOf()).stock('film-1'))).resolves.toMatchObject({ left: 3 });
  });

  it('that is lost fails what is under way, refuses what comes, and is back within 2 s of the broker', async () => {
    const own = await NatsServer.start();
    closing.push(() => own.kill());
    const responder = await Responder.start([own.address], ({ subject }) =>
      subject.endsWith('hold') ? undefined : { data: PLENTY },
    );
    closing.push(() => responder.stop());
    const client = await clientOf([own.port]);
    const asked = responder.next();
    const { outcome } = started(client.in(contextOf()).stock('hold'));
    await asked;
    await own.kill();
    await expect(outcome).rejects.toMatchObject({ code: 'upstream-reset' });
    await whenUp(false);
    const startedAt = performance.now();
    const refused = await failure(client.in(contextOf()).stock('film-1'));
    expect(refused.code).toBe('upstream-refused');
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    // Long enough that the tries have become rare.
    for (let tries = 0; tries < 5; tries++) await failure(client.in(contextOf()).stock('film-1', { timeoutMs: 300 }));
    await own.startAgain();
    expect(await whenUp()).toBeLessThan(2_000);
    for (;;) {
      const answer = await firstValueFrom(client.in(contextOf()).stock('film-1')).catch((error: unknown) => error);
      if ((answer as { left?: number }).left === 3) break;
      // The responder comes back in its own time.
      expect(answer).toMatchObject({ code: 'upstream-refused' });
    }
  });

  it('that says nothing any more is known for dead, and made anew', async () => {
    const own = await NatsServer.start();
    closing.push(() => own.kill());
    const client = await clientOf([own.port]);
    await whenUp();
    own.stand();
    expect(await whenUp(false)).toBeLessThan(6_000);
    await expect(failure(client.in(contextOf()).stock('film-1', { timeoutMs: 300 }))).resolves.toMatchObject({
      code: expect.stringMatching(/^upstream-(refused|timeout)$/) as string,
    });
    own.goOn();
    expect(await whenUp()).toBeLessThan(2_000);
  }, 30_000);

  it.each([
    ['says nothing', (_socket: Socket) => {}],
    ['hangs up', (socket: Socket) => void socket.end()],
    ['speaks something else', (socket: Socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['greets with what is no JSON', (socket: Socket) => void socket.write('INFO {"port":\r\n')],
    ['greets without end', (socket: Socket) => void socket.write(`INFO {${'x'.repeat(200_000)}`)],
    [
      'greets and then talks nonsense',
      (socket: Socket) => {
        socket.write('INFO {"server_id":"x","version":"2.9.0","max_payload":1000,"headers":true}\r\n');
        socket.on('data', () => socket.write('NONSENSE 1 2 3\r\n'));
      },
    ],
    [
      'greets and then refuses',
      (socket: Socket) => {
        socket.write('INFO {"server_id":"x","version":"2.9.0","max_payload":1000,"headers":true}\r\n');
        socket.on('data', () => socket.end("-ERR 'Authorization Violation'\r\n"));
      },
    ],
  ])('to a broker that %s is refused, and leaves no socket behind', async (_, greeting) => {
    // NATS' client tells there of what it could not read.
    const log = jest.spyOn(console, 'log').mockImplementation(() => {});
    closing.push(() => log.mockRestore());
    const sockets = new Set<Socket>();
    const port = await listening(socket => {
      socket.on('error', () => {});
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      greeting(socket);
      socket.resume();
    });
    const client = await clientOf([port], { connectTimeoutMs: 150, timeoutMs: 1_000 });
    const { code } = await failure(client.in(contextOf()).stock('film-1'));
    expect(code).toBe('upstream-refused');
    await rig.close();
    closing.pop();
    const closed = [...sockets].map(socket => new Promise<void>(resolve => socket.once('close', () => resolve())));
    await Promise.all(closed);
    expect(sockets.size).toBe(0);
  });

  it('takes so many requests at once, and no more', async () => {
    await responding(() => undefined);
    const client = await clientOf([server.port], { maxConnections: 2, timeoutMs: 500, singleflight: false });
    await whenUp();
    const codes = await Promise.all(
      Array.from({ length: 6 }, async () => (await failure(client.in(contextOf()).stock('film-1'))).code),
    );
    expect(codes.toSorted()).toEqual([
      'bulkhead-full',
      'bulkhead-full',
      'upstream-timeout',
      'upstream-timeout',
      'upstream-timeout',
      'upstream-timeout',
    ]);
  });

  it('lets what is under way finish when the app ends', async () => {
    let answer: (() => void) | undefined;
    const responder = await responding(message => void (answer = () => void message.respond(PLENTY)));
    const client = await clientOf([server.port]);
    const asked = responder.next();
    const { outcome } = started(client.in(contextOf()).stock('film-1'));
    await asked;
    const closed = rig.close();
    answer!();
    await expect(outcome).resolves.toMatchObject({ left: 3 });
    await closed;
    await expect(failure(client.in(contextOf()).stock('film-1'))).resolves.toMatchObject({ code: 'no-instances' });
  });

  it('is made with the credentials that there are at that moment', async () => {
    const own = await NatsServer.start('--user', 'web', '--pass', 'right');
    closing.push(() => own.kill());
    let pass = 'wrong';
    @Upstream('inventory')
    @NatsService({ prefix: 'shop.inventory', credentials: () => ({ user: 'web', pass }) })
    class SignedIn extends InventoryClient {}
    const client = await clientOf([own.port], {}, SignedIn);
    await expect(failure(client.in(contextOf()).stock('film-1'))).resolves.toMatchObject({ code: 'upstream-refused' });
    expect(linkOf('inventory').isUp).toBe(false);
    pass = 'right';
    await whenUp();
  });
});

describe('a broker that guards itself', () => {
  const tls = (name: string): string => join(__dirname, '../../test/tls', name);

  it('is spoken to by TLS, when its certificate is for the service', async () => {
    const own = await NatsServer.start('--tls', '--tlscert', tls('catalog.pem'), '--tlskey', tls('catalog.key.pem'));
    closing.push(() => own.kill());
    const trusted = { caFile: tls('authority.pem'), servername: 'catalog' };
    const client = await clientOf([own.port], { scheme: 'https', tls: trusted });
    await whenUp();
    await expect(failure(client.in(contextOf()).stock('a'))).resolves.toMatchObject({ code: 'upstream-refused' });
    await rig.close();
    for (const given of [{}, { ...trusted, servername: 'other' }]) {
      const wrong = await clientOf([own.port], { scheme: 'https', tls: given, timeoutMs: 400 });
      await expect(failure(wrong.in(contextOf()).stock('a'))).resolves.toMatchObject({ code: 'upstream-refused' });
      expect(linkOf('inventory').isUp).toBe(false);
      await rig.close();
    }
    // And never in clear where TLS is wanted.
    const clear = await clientOf([server.port], { scheme: 'https', tls: trusted, timeoutMs: 400 });
    await expect(failure(clear.in(contextOf()).stock('a'))).resolves.toMatchObject({ code: 'upstream-refused' });
  });

  it('says at once that something may not be asked', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guichet-nats-'));
    closing.push(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'nats.conf');
    const user = '{ user: web, password: right, permissions: { publish: { deny: "shop.inventory.reserve" } } }';
    writeFileSync(file, `authorization: { users: [ ${user} ] }\n`);
    const own = await NatsServer.start('-c', file);
    closing.push(() => own.kill());
    @Upstream('inventory')
    @NatsService({ prefix: 'shop.inventory', credentials: () => ({ user: 'web', pass: 'right' }) })
    class Guarded extends InventoryClient {}
    const client = await clientOf([own.port], {}, Guarded);
    const [denied, other] = await Promise.all([
      failure(client.in(contextOf()).reserve('film-1')),
      failure(client.in(contextOf()).stock('film-1')),
    ]);
    expect(denied).toMatchObject({ code: 'upstream-status', status: 403 });
    expect(other).toMatchObject({ code: 'upstream-refused' });
    expect(linkOf('inventory').isUp).toBe(true);
  });
});

describe('an upstream over NATS', () => {
  it('is tried again at another broker', async () => {
    const responder = await responding(() => ({ data: PLENTY }));
    const gone = await listening(socket => socket.destroy());
    const client = await clientOf([gone, server.port], { maxRetries: 1, retryBudgetMin: 100 });
    await whenUp(false);
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, i) => firstValueFrom(client.in(contextOf()).stock(`film-${i}`))),
    );
    expect(all).toHaveLength(20);
    expect(responder.asked).toHaveLength(20);
  });

  it('repeats what changes nothing, and what the service knows again', async () => {
    const client = (await clientOf([server.port])).in(contextOf());
    const flags = [client.stock('a'), client.reserve('a'), client.reserve('a', 'key-1')].map(call => {
      const { isSafe, isRepeatable } = (call as StackCall<unknown>).request;
      return [isSafe, isRepeatable];
    });
    expect(flags).toEqual([
      [true, true],
      [false, false],
      [false, true],
    ]);
  });

  it.each(['shop..inventory', 'shop.*', 'shop.:x', 'shop inventory', ''])(
    'does not boot with the prefix %j',
    prefix => {
      @NatsService({ prefix })
      class Wrong extends NatsUpstream {}
      const problems = new BootProblems();
      Wrong.prepare(problems);
      expect(problems.all).toEqual([
        expect.objectContaining({ where: 'Wrong', path: '@NatsService prefix', message: 'is no subject' }),
      ]);
    },
  );

  it.each(['', ':first', 'a..b', 'a.*', 'a.:b.:b', 'a b', 'a.:'])('has no subject %j', async subject => {
    const client = await clientOf([server.port]);
    const ask = client.in(contextOf()) as unknown as { request(subject: string, options: object): unknown };
    expect(() => ask.request(subject, { params: { first: 'x', b: 'x' } })).toThrow(TypeError);
  });

  it('is not spoken to in two ways', async () => {
    @Upstream('inventory')
    @NatsService({ inboxPrefix: 'elsewhere' })
    class Other extends NatsUpstream {}
    await expect(upstreamRig([InventoryClient, Other])).rejects.toThrow(
      'Other: is connected otherwise than another client of the same upstream',
    );
  });
});

function told(values: Readonly<Record<string, string>>): ReturnType<typeof natsHeaders> {
  const headers = natsHeaders();
  for (const [name, value] of Object.entries(values)) headers.set(name, value);
  return headers;
}

function pendingOf(link: BrokerLink<object>): number {
  const { pending, exchanges } = link as unknown as { pending: Map<string, unknown>; exchanges: Set<unknown> };
  return pending.size + exchanges.size;
}
