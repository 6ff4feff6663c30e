import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type {
  Metadata,
  MethodDefinition,
  Server,
  ServerUnaryCall,
  ServerWritableStream,
  UntypedServiceImplementation,
  sendUnaryData,
} from '@grpc/grpc-js';
import type { Instance } from 'guichet/discovery';
import type { GrpcServiceFiles } from 'guichet/upstream';

/** One call as a fake gRPC upstream received it. */
export interface ReceivedGrpcCall {
  /** `Quote` */
  readonly method: string;
  readonly message: Readonly<Record<string, unknown>>;
  /** The first value of each, by name; what gRPC itself needs is left out. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Resolves when the caller gave it up. */
  readonly cancelled: Promise<void>;
}

/**
 * What a method gives: its message, a list of them where it answers with a stream, or {@link grpcStatus}. A promise that never
 * resolves is an instance that hangs.
 */
export type GrpcHandler = (message: Readonly<Record<string, unknown>>, call: ReceivedGrpcCall) => unknown;

/** A status other than OK, as a fake's answer. */
export class GrpcStatus {
  constructor(
    readonly code: number,
    readonly details: string,
  ) {}
}

/** @returns the answer that is a status: `grpcStatus(5)` is NOT_FOUND */
export function grpcStatus(code: number, details = ''): GrpcStatus {
  return new GrpcStatus(code, details);
}

type Call = ServerUnaryCall<object, unknown> | ServerWritableStream<object, unknown>;

/** A small real gRPC server that stands for one instance of an upstream, on a free loopback port. */
export class FakeGrpcUpstream {
  /** Every call so far, in order of arrival. */
  readonly calls: ReceivedGrpcCall[] = [];
  private readonly handlers = new Map<string, GrpcHandler>();
  private boundPort = 0;

  /** @param server  of grpc-js, without services yet */
  constructor(
    private readonly server: Server,
    definition: Readonly<Record<string, MethodDefinition<object, object>>>,
  ) {
    const implementation: UntypedServiceImplementation = {};
    for (const [name, { responseStream }] of Object.entries(definition)) {
      implementation[name] = responseStream
        ? (call: ServerWritableStream<object, unknown>) => void this.stream(name, call)
        : (call: ServerUnaryCall<object, unknown>, answer: sendUnaryData<unknown>) =>
            void this.unary(name, call, answer);
    }
    server.addService(definition, implementation);
  }

  /** The port it listens on. */
  get port(): number {
    return this.boundPort;
  }

  /** Begins to listen; on a free port unless one is given. */
  async listen(port = 0): Promise<this> {
    const { ServerCredentials } = loadGrpc();
    this.boundPort = await new Promise<number>((resolve, reject) =>
      this.server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    return this;
  }

  /** Sets what a method does from now on. A method without a handler answers UNIMPLEMENTED. */
  on(method: string, handler: GrpcHandler): this {
    this.handlers.set(method, handler);
    return this;
  }

  /** It as discovery would know it. */
  instance(service: string, values: Partial<Instance> = {}): Instance {
    const { port } = this;
    return { id: `${service}-${port}`, service, host: '127.0.0.1', port, weight: 1, tags: [], meta: {}, ...values };
  }

  /** Stops at once, connections included. Safe to call twice. */
  async close(): Promise<void> {
    this.server.forceShutdown();
    await new Promise(resolve => setImmediate(resolve));
  }

  private async unary(
    method: string,
    call: ServerUnaryCall<object, unknown>,
    answer: sendUnaryData<unknown>,
  ): Promise<void> {
    const given = await this.handle(method, call);
    if (given instanceof GrpcStatus) answer(given);
    else answer(null, given);
  }

  private async stream(method: string, call: ServerWritableStream<object, unknown>): Promise<void> {
    const given = await this.handle(method, call);
    if (given instanceof GrpcStatus) {
      call.emit('error', given);
      return;
    }
    for (const message of given as Iterable<unknown>) call.write(message);
    call.end();
  }

  private async handle(method: string, call: Call): Promise<unknown> {
    const received: ReceivedGrpcCall = {
      method,
      message: call.request as Readonly<Record<string, unknown>>,
      metadata: plain(call.metadata),
      cancelled: new Promise<void>(resolve => call.once('cancelled', () => resolve())),
    };
    this.calls.push(received);
    const handler = this.handlers.get(method);
    if (handler === undefined) return grpcStatus(12);
    try {
      return await handler(received.message, received);
    } catch (error) {
      return grpcStatus(13, String(error));
    }
  }
}

/**
 * Starts a fake gRPC upstream.
 * ```ts
 * const pricing = await fakeGrpcUpstream('shop.pricing.v1.Pricing', { files }, { Quote: ({ sku }) => ({ sku, amountCents: '990' }) });
 * const harness = await pageHarness(FilmPage, { upstreams: { … }, servers: { pricing } });
 * ```
 * @param name      the service's, with its package
 * @param handlers  by method
 */
export function fakeGrpcUpstream(
  name: string,
  { files, includeDirs = [] }: GrpcServiceFiles,
  handlers: Readonly<Record<string, GrpcHandler>>,
): Promise<FakeGrpcUpstream> {
  const { Server } = loadGrpc();
  const { loadSync } = ownRequire('@grpc/proto-loader') as typeof import('@grpc/proto-loader');
  const found = loadSync([files].flat().map(pathOf), {
    includeDirs: includeDirs.map(pathOf),
    longs: String,
    enums: String,
    defaults: true,
  })[name];
  if (found === undefined) throw new TypeError(`no proto file declares ${name}`);
  const fake = new FakeGrpcUpstream(new Server(), found as Record<string, MethodDefinition<object, object>>);
  for (const [method, handler] of Object.entries(handlers)) fake.on(method, handler);
  return fake.listen();
}

const ownRequire = createRequire(import.meta.url);

function loadGrpc(): typeof import('@grpc/grpc-js') {
  return ownRequire('@grpc/grpc-js') as typeof import('@grpc/grpc-js');
}

function plain(metadata: Metadata): Readonly<Record<string, string>> {
  const entries = Object.entries(metadata.getMap()).filter(([name]) => name !== 'user-agent');
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

function pathOf(file: URL | string): string {
  return typeof file === 'string' ? file : fileURLToPath(file);
}
