import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer } from './answer.js';
import { type Faults, NO_FAULTS } from './faults.js';
import type { ServiceDefinition } from './route.js';

/** How long requests under way may take to finish once the service is told to stop, milliseconds. */
const DRAIN_MS = 1_000;

/** A service that listens. */
export interface RunningService {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** What Consul asks for its health; `http` where it does not say. */
  readonly check?: 'http' | 'grpc';
  /** Where tests tell what is to go wrong, when not at `port`. */
  readonly faultsPort?: number;
  /** Takes no new connections, lets requests under way finish (for at most 1 s) and resolves when all sockets are closed. */
  stop(): Promise<void>;
}

/**
 * Serves a service over HTTP/JSON. Beside its routes it answers `GET /health/live`.
 * @param port    0 for any free one
 * @param faults  what may go wrong on purpose
 * @throws Error  when the port cannot be had (`EADDRINUSE`, …)
 */
export async function serve(
  service: ServiceDefinition,
  host = '127.0.0.1',
  port = 0,
  faults: Faults = NO_FAULTS,
): Promise<RunningService> {
  let draining = false;
  // Longer than clients keep an idle connection, so that it is the client who closes and no request meets a closing socket.
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    if (draining) response.setHeader('Connection', 'close');
    void answer(service, faults, request, response);
  });
  await listen(server, host, port);
  return {
    name: service.name,
    host,
    port: (server.address() as AddressInfo).port,
    stop: () => {
      draining = true;
      return close(server);
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise(resolve => {
    const force = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}
