import { once } from 'node:events';
import { createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { UpstreamError } from 'guichet/kernel';
import { firstValueFrom } from 'rxjs';
import { answerSku, grpcServer, type GrpcServer, PRICING_PROTO } from '../../test/grpc/grpc-server.js';
import { contextOf, started, upstreamRig, type UpstreamRig } from '../../test/upstream-rig.js';
import type { UpstreamOptions } from '../upstream-options.js';
import { Upstream } from '../upstream.decorator.js';
import { GrpcService } from './grpc-service.js';
import { GrpcUpstream } from './grpc-upstream.js';

interface Pricing {
  Charge(request: { sku: string }): { readonly sku: string };
}

@Upstream('catalog')
@GrpcService('test.pricing.v1.Pricing', { files: PRICING_PROTO })
class PricingClient extends GrpcUpstream<Pricing> {
  charge() {
    return this.unary('Charge', { sku: 'chair' });
  }
}

const TLS = join(__dirname, '../../test/tls');
const closing: (() => Promise<unknown> | void)[] = [];
let rig: UpstreamRig;

// Neither breaker nor ejection may keep a call from being made: what a connection does is looked at.
const ALL_LET_THROUGH: UpstreamOptions = { timeoutMs: 1_500, maxRetries: 0, breaker: false, ejection: false };

async function clientOf(port: number, options: UpstreamOptions = {}): Promise<PricingClient> {
  rig = await upstreamRig([PricingClient], { overrides: { catalog: { ...ALL_LET_THROUGH, ...options } } });
  rig.source.set('catalog', instanceAt(port));
  closing.push(() => rig.close());
  return rig.app.get(PricingClient);
}

const instanceAt = (port: number) => ({
  id: `i${port}`,
  service: 'catalog',
  host: '127.0.0.1',
  port,
  weight: 1,
  tags: [],
  meta: {},
});

const outcome = (client: PricingClient): Promise<unknown> => firstValueFrom(client.in(contextOf()).charge());
const failure = (client: PricingClient): Promise<UpstreamError> =>
  outcome(client).then(
    () => {
      throw new Error('did not fail');
    },
    (error: unknown) => error as UpstreamError,
  );

async function serving(given: Parameters<typeof grpcServer>): Promise<GrpcServer> {
  const server = await grpcServer(...given);
  closing.push(() => server.stop());
  return server;
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => void server.close());
  return (server.address() as AddressInfo).port;
}

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('a gRPC connection', () => {
  it('that nobody takes is refused', async () => {
    const port = await listening(createServer());
    await closing.pop()!();
    await expect(failure(await clientOf(port))).resolves.toMatchObject({
      code: 'upstream-refused',
      instance: `127.0.0.1:${port}`,
    });
  });

  it('that is lost under a call is reset', async () => {
    const server = await serving([{ charge: () => void server.stop() }]);
    await expect(failure(await clientOf(server.port))).resolves.toMatchObject({ code: 'upstream-reset' });
  });

  it('is there before the first call, which does not pay for it', async () => {
    const server = createHttp2Server();
    const port = await listening(server as unknown as Server);
    const connected = once(server, 'session');
    const client = await clientOf(port);
    await connected;
    // Calls go over that one.
    let others = 0;
    server.on('session', () => others++);
    const stream = once(server, 'stream') as Promise<[ServerHttp2Stream]>;
    const failed = failure(client);
    (await stream)[0].close();
    await failed;
    expect(others).toBe(0);
  });

  it('comes back within 2 s of the instance’s return', async () => {
    const first = await serving([]);
    const client = await clientOf(first.port);
    await outcome(client);
    await first.stop();
    // Long enough for grpc-js to wait its longest between two tries.
    const awayUntil = Date.now() + 3_000;
    while (Date.now() < awayUntil) {
      expect((await failure(client)).code).toMatch(/^upstream-(?:refused|reset)$/);
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    const second = await serving([{}, { port: first.port }]);
    const backAt = Date.now();
    while (second.seen.length === 0) await outcome(client).catch(() => new Promise(resolve => setTimeout(resolve, 20)));
    expect(Date.now() - backAt).toBeLessThan(2_000);
  }, 10_000);

  it('that never speaks ends with the time to connect, its socket, too', async () => {
    const sockets: Socket[] = [];
    const port = await listening(createServer(socket => sockets.push(socket.on('error', () => {}).resume())));
    const client = await clientOf(port, { connectTimeoutMs: 100 });
    await expect(failure(client)).resolves.toMatchObject({ code: 'upstream-refused' });
    await Promise.all(sockets.map(socket => socket.closed || once(socket, 'close')));
  });

  it('over which nothing was heard is replaced', async () => {
    let connections = 0;
    const server = createHttp2Server().on('session', () => connections++);
    const port = await listening(server as unknown as Server);
    const client = await clientOf(port, { connectTimeoutMs: 50, timeoutMs: 60 });
    for (let i = 0; i < 4; i++) await expect(failure(client)).resolves.toMatchObject({ code: 'upstream-timeout' });
    expect(connections).toBe(2);
  });

  it('ends with the instance, once the calls under way there are over', async () => {
    let answer!: () => void;
    const server = await serving([{ charge: (call, callback) => (answer = () => answerSku(call, callback)) }]);
    const client = await clientOf(server.port);
    const call = started(client.in(contextOf()).charge());
    while (server.seen.length === 0) await new Promise(resolve => setImmediate(resolve));
    rig.source.set('catalog');
    await expect(failure(client)).resolves.toMatchObject({ code: 'no-instances' });
    answer();
    await expect(call.outcome).resolves.toMatchObject({ sku: 'chair' });
  });

  it('fails its calls when the app ends before they do', async () => {
    const server = await serving([{ charge: () => {} }]);
    const client = await clientOf(server.port, { timeoutMs: 60_000 });
    const call = started(client.in(contextOf(60_000)).charge());
    while (server.seen.length === 0) await new Promise(resolve => setImmediate(resolve));
    await rig.app.close();
    await expect(call.outcome).rejects.toMatchObject({ code: 'upstream-reset' });
    await server.seen[0]!.cancelled;
  });

  it('is by TLS to whom the authority vouches for by the service’s name', async () => {
    const server = await serving([{}, { isSecure: true }]);
    const caFile = join(TLS, 'authority.pem');
    const trusted = await clientOf(server.port, { scheme: 'https', tls: { caFile } });
    await expect(outcome(trusted)).resolves.toMatchObject({ sku: 'chair' });
    await rig.close();
    const misnamed = await clientOf(server.port, { scheme: 'https', tls: { caFile, servername: 'pricing' } });
    await expect(failure(misnamed)).resolves.toMatchObject({ code: 'upstream-refused' });
    await rig.close();
    const unknown = await clientOf(server.port, { scheme: 'https' });
    await expect(failure(unknown)).resolves.toMatchObject({ code: 'upstream-refused' });
  });
});

describe('a hostile gRPC server', () => {
  const frame = (bytes: Buffer, isCompressed = false): Buffer => {
    const head = Buffer.alloc(5);
    head.writeUInt8(isCompressed ? 1 : 0);
    head.writeUInt32BE(bytes.length, 1);
    return Buffer.concat([head, bytes]);
  };
  const quote = Buffer.from([0x0a, 5, ...Buffer.from('chair')]);
  const answerBy = (stream: ServerHttp2Stream, frames: Buffer, headers: Record<string, string> = {}, end = true) => {
    stream.on('error', () => {});
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...headers }, { waitForTrailers: end });
    if (end) stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(frames);
  };

  async function hostile(
    answer: (stream: ServerHttp2Stream) => void,
    options: UpstreamOptions = {},
  ): Promise<UpstreamError> {
    const server = createHttp2Server().on('stream', stream => {
      stream.on('error', () => {});
      answer(stream);
    });
    server.on('session', session => session.on('error', () => {}));
    return failure(await clientOf(await listening(server as unknown as Server), options));
  }

  it('is understood when it is honest, as these tests speak', async () => {
    const server = createHttp2Server().on('stream', stream => answerBy(stream, frame(quote)));
    const client = await clientOf(await listening(server as unknown as Server));
    await expect(outcome(client)).resolves.toMatchObject({ sku: 'chair' });
  });

  it.each<[string, (stream: ServerHttp2Stream) => void, string, UpstreamOptions]>([
    [
      'bytes that are no message',
      stream => answerBy(stream, frame(Buffer.from([0xff, 0xff]))),
      'upstream-malformed',
      {},
    ],
    ['no message', stream => answerBy(stream, Buffer.alloc(0)), 'upstream-malformed', {}],
    ['two messages', stream => answerBy(stream, Buffer.concat([frame(quote), frame(quote)])), 'upstream-malformed', {}],
    ['no status', stream => answerBy(stream, frame(quote), {}, false), 'upstream-status', {}],
    [
      'a page of HTML',
      stream => answerBy(stream, Buffer.from('<p>'), { 'content-type': 'text/html' }),
      'upstream-malformed',
      {},
    ],
    [
      'a message over the limit',
      stream => answerBy(stream, frame(Buffer.alloc(2_000))),
      'upstream-too-large',
      { maxBytes: 1_000 },
    ],
    [
      'a length of 4 GB',
      stream => answerBy(stream, Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1])),
      'upstream-too-large',
      {},
    ],
    [
      'a gzip bomb',
      stream => answerBy(stream, frame(gzipSync(Buffer.alloc(50_000_000)), true), { 'grpc-encoding': 'gzip' }),
      'upstream-too-large',
      {},
    ],
    ['a reset', stream => stream.close(2), 'upstream-reset', {}],
    ['silence', () => {}, 'upstream-timeout', { timeoutMs: 80 }],
    [
      'a head, and then silence',
      stream => stream.respond({ ':status': 200, 'content-type': 'application/grpc' }),
      'upstream-timeout',
      { timeoutMs: 80 },
    ],
  ])('fails the call by %s', async (_, answer, code, options) => {
    await expect(hostile(answer, options)).resolves.toMatchObject({ code });
  });

  it('cannot nest without end', async () => {
    let nested: Buffer = quote;
    const varint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >> 7)]);
    for (let depth = 0; depth < 5_000; depth++)
      nested = Buffer.concat([Buffer.from([0x32, ...varint(nested.length)]), nested]);
    await expect(hostile(stream => answerBy(stream, frame(nested)))).resolves.toMatchObject({
      code: 'upstream-malformed',
    });
  });

  it('cannot reach a prototype by a map’s key', async () => {
    const entry = Buffer.concat([Buffer.from([0x0a, 9]), Buffer.from('__proto__'), Buffer.from([0x12, 1, 0x78])]);
    const server = createHttp2Server().on('stream', stream =>
      answerBy(stream, frame(Buffer.concat([Buffer.from([0x22, entry.length]), entry]))),
    );
    const client = await clientOf(await listening(server as unknown as Server));
    const { notes } = (await outcome(client)) as { readonly notes: object };
    expect(Object.getPrototypeOf(notes)).toBe(Object.prototype);
    expect(Object.assign({}, notes)).not.toHaveProperty('0');
  });
});
