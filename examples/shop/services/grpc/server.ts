import { type AddressInfo, createServer, type Socket } from 'node:net';
import {
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { NO_FAULTS } from '../http/faults.js';
import { type RunningService, serve } from '../http/server.js';
import { GrpcFaults } from './faults.js';
import { GrpcHealth } from './health.js';
import { loadService } from './load-service.js';
import type { GrpcServiceDefinition } from './service.js';
import { statusOf } from './status.js';

/** How long calls under way may take to finish once the service is told to stop, milliseconds. */
const DRAIN_MS = 1_000;

/**
 * Serves a service over gRPC, without TLS. Beside its methods it answers `grpc.health.v1`.
 * @param port    0 for any free one
 * @param faults  what may go wrong on purpose; told over HTTP, at `faultsPort`
 * @throws Error  when the port cannot be had (`EADDRINUSE`, …), or the proto file has no such service
 */
export async function serveGrpc(
  definition: GrpcServiceDefinition,
  host = '127.0.0.1',
  port = 0,
  faults?: GrpcFaults,
): Promise<RunningService> {
  const server = new Server();
  const health = new GrpcHealth(definition.service);
  const connections = new Connections(server);
  const service = loadService(definition.proto, definition.service);
  server.addService(faults?.breakable(service) ?? service, implementation(definition, connections, faults));
  health.addTo(server);
  const bound = await connections.listen(host, port);
  const control =
    faults &&
    (await serve({ name: definition.name, routes: [] }, host, 0, {
      ...NO_FAULTS,
      control: (...asked) => faults.book.control(...asked),
    }));
  return {
    name: definition.name,
    host,
    port: bound,
    check: 'grpc',
    ...(control && { faultsPort: control.port }),
    stop: async () => {
      health.end();
      await Promise.all([connections.close(), control?.stop()]);
    },
  };
}

function implementation(
  { methods }: GrpcServiceDefinition,
  connections: Connections,
  faults: GrpcFaults | undefined,
): UntypedServiceImplementation {
  const handled = Object.entries(methods).map(([name, answer]) => {
    const handle = async (call: ServerUnaryCall<object, object>, reply: sendUnaryData<object>): Promise<void> => {
      try {
        const message = faults
          ? await faults.strike(
              call,
              () => answer(call.request),
              () => connections.reset(call.getPeer()),
            )
          : answer(call.request);
        if (message !== undefined) reply(null, message);
      } catch (error) {
        reply(statusOf(error));
      }
    };
    return [name, (call: ServerUnaryCall<object, object>, reply: sendUnaryData<object>) => void handle(call, reply)];
  });
  return Object.fromEntries(handled) as UntypedServiceImplementation;
}

/** The sockets of a server. They are taken here and handed to it, since grpc-js lets nobody reset one that it took itself. */
class Connections {
  private readonly sockets = new Map<string, Socket>();
  private readonly listener = createServer({ noDelay: true });

  constructor(private readonly server: Server) {
    const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
    this.listener.on('connection', socket => {
      const peer = `${socket.remoteAddress}:${socket.remotePort}`;
      this.sockets.set(peer, socket);
      socket.once('close', () => this.sockets.delete(peer));
      injector.injectConnection(socket);
    });
  }

  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.listener.once('error', reject);
      this.listener.listen(port, host, () => resolve((this.listener.address() as AddressInfo).port));
    });
  }

  reset(peer: string): void {
    this.sockets.get(peer)?.resetAndDestroy();
  }

  /** Takes no more, says so to who is there, lets calls under way finish for at most a second. */
  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => this.listener.close(() => resolve()));
    const force = setTimeout(() => {
      this.server.forceShutdown();
      for (const socket of this.sockets.values()) socket.destroy();
    }, DRAIN_MS);
    await new Promise<void>(resolve => this.server.tryShutdown(() => resolve()));
    await closed;
    clearTimeout(force);
  }
}
