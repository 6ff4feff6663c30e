import { faultsFromEnvironment } from './faults.js';
import type { ServiceDefinition } from './route.js';
import { type RunningService, serve } from './server.js';

/**
 * Runs a service as a process of its own. The contract with whoever starts it:
 *
 * - `PORT`: where to listen; 0 or unset is any free port. `HOST`: 127.0.0.1 unless set.
 * - One line of JSON on stdout when it listens: `{"service":"catalog","host":"127.0.0.1","port":41234}`, and nothing else.
 * - `SIGTERM` or `SIGINT`: out of Consul, no new requests, those under way finish, exit code 0 within 1.5 s.
 * - A port that cannot be had: one line on stderr, exit code 1.
 * - `SHOP_DATA_DIR`: a folder that all processes of `orders` and `profiles` share; without it they remember in memory.
 * - `SHOP_FAULTS=1`: see `faults.ts`.
 * - `DISCOVERY=consul` or `CONSUL_HTTP_ADDR`: registers itself in Consul with an HTTP check of `/health/live`.
 */
export async function runService(service: ServiceDefinition): Promise<void> {
  const running = await start(service, Number(process.env['PORT'] ?? 0));
  stopOnSignal([running]);
  announce({ service: running.name, host: running.host, port: running.port });
}

/** Serves a service as this process's environment says; ends the process with one line when it cannot. */
export async function start(service: ServiceDefinition, port: number): Promise<RunningService> {
  try {
    return await serve(service, process.env['HOST'] ?? '127.0.0.1', port, faultsFromEnvironment());
  } catch (error) {
    console.error(`${service.name} cannot listen: ${(error as Error).message}`);
    process.exit(1);
  }
}

/** Says on stdout, in one line, that everything listens. */
export function announce(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Ends the process with exit code 0 once it is told to. */
export function stopOnSignal(services: readonly RunningService[]): void {
  const stop = () => {
    void Promise.all(services.map(service => service.stop())).then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
