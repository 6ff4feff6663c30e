import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  loadPackageDefinition,
  type Metadata,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { Instance } from 'guichet/discovery';

export const PRICING_PROTO = join(__dirname, 'pricing.proto');
const TLS = join(__dirname, '..', 'tls');

interface Request {
  readonly sku: string;
  readonly count: number;
}

/** A call as the server saw it. */
export interface SeenCall {
  readonly metadata: Metadata;
  readonly request: Request;
  /** Milliseconds it was given. */
  readonly leftMs: number;
  /** Resolves when the client cancelled it. */
  readonly cancelled: Promise<unknown>;
}

export interface GrpcServer {
  readonly port: number;
  readonly seen: SeenCall[];
  instance(service?: string): Instance;
  /** Ends at once, its connections included. */
  stop(): Promise<void>;
}

export interface GrpcHandlers {
  readonly quote?: handleUnaryCall<Request, object>;
  readonly charge?: handleUnaryCall<Request, object>;
  readonly watch?: handleServerStreamingCall<Request, object>;
}

/** A real server of `pricing.proto`, by grpc-js. */
export async function grpcServer(
  { quote = answerSku, charge = answerSku, watch }: GrpcHandlers = {},
  { port = 0, isSecure = false } = {},
): Promise<GrpcServer> {
  const definition = loadPackageDefinition(loadSync(PRICING_PROTO, { longs: String, enums: String })) as never;
  const { service } = (definition as { test: { pricing: { v1: { Pricing: { service: ServiceDefinition } } } } }).test
    .pricing.v1.Pricing;
  const seen: SeenCall[] = [];
  const note = (call: Parameters<typeof quote>[0] | Parameters<NonNullable<typeof watch>>[0]): void => {
    const deadline = Number(call.getDeadline());
    const cancelled = new Promise<unknown>(resolve => call.once('cancelled', resolve));
    seen.push({ metadata: call.metadata, request: call.request, leftMs: deadline - Date.now(), cancelled });
  };
  const unary =
    (handle: typeof quote): typeof quote =>
    (call, callback) => {
      note(call);
      handle(call, callback);
    };
  const implementation: UntypedServiceImplementation = {
    Quote: unary(quote),
    Charge: unary(charge),
    Settle: unary(charge),
    Watch: ((call: Parameters<NonNullable<typeof watch>>[0]) => {
      note(call);
      watch?.(call);
    }) as never,
  };
  const server = new Server({ 'grpc.max_send_message_length': -1 });
  server.addService(service as Record<string, MethodDefinition<unknown, unknown>>, implementation);
  const credentials = isSecure
    ? ServerCredentials.createSsl(null, [
        {
          cert_chain: readFileSync(join(TLS, 'catalog.pem')),
          private_key: readFileSync(join(TLS, 'catalog.key.pem')),
        },
      ])
    : ServerCredentials.createInsecure();
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, found) => (error ? reject(error) : resolve(found))),
  );
  return {
    port: bound,
    seen,
    instance: (name = 'pricing') => ({
      id: `i${bound}`,
      service: name,
      host: '127.0.0.1',
      port: bound,
      weight: 1,
      tags: [],
      meta: {},
    }),
    stop: async () => {
      server.forceShutdown();
      await new Promise(resolve => setImmediate(resolve));
    },
  };
}

export const answerSku: handleUnaryCall<Request, object> = (call, callback) =>
  callback(null, { sku: call.request.sku, amountCents: '9007199254740993', currency: 'EUR' });
