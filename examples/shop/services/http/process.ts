import type { DiscoveryLog, Registration } from 'guichet/discovery/registration';
import type { GrpcServiceDefinition } from '../grpc/service.js';
import { answerOverNats, type NatsAnswering } from '../nats/answer-over-nats.js';
import { InjectedFaults, takesFaults } from './faults.js';
import type { ServiceDefinition } from './route.js';
import { type RunningService, serve } from './server.js';

/** A service, whatever it speaks. */
export type AnyService = ServiceDefinition | GrpcServiceDefinition;

/**
 * Runs a service as a process of its own. The contract with whoever starts it:
 *
 * - `PORT`: where to listen; 0 or unset is any free port. `HOST`: 127.0.0.1 unless set.
 * - One line of JSON on stdout when it listens: `{"service":"catalog","host":"127.0.0.1","port":41234}`, and nothing else.
 * - `SIGTERM` or `SIGINT`: out of Consul, no new requests, those under way finish, exit code 0 within 1.5 s.
 * - A port that cannot be had: one line on stderr, exit code 1.
 * - `SHOP_DATA_DIR`: a folder that all processes of `orders` and `profiles` share; without it they remember in memory.
 * - `NATS_ADDRESS`: brokers, `host:port` separated by commas; `inventory` answers there as well, once it has reached one.
 * - `SHOP_FAULTS=1`: see `faults.ts`. A service over gRPC takes them at a port of their own, `faultsPort` of the line.
 * - `DISCOVERY=consul`, or `CONSUL_HTTP_ADDR` without `DISCOVERY`: registers itself in Consul, at the address of Consul's own
 *   variables, with an HTTP check of `/health/live`, or Consul's gRPC check. The line above comes once it has tried.
 */
export async function runService(service: AnyService): Promise<void> {
  const running = await start(service, Number(process.env['PORT'] ?? 0));
  await keepUntilSignal([running]);
  const { name, host, port, faultsPort } = running;
  announce({ service: name, host, port, faultsPort });
}

/** Serves a service as this process's environment says; ends the process with one line when it cannot. */
export async function start(service: AnyService, port: number): Promise<RunningService> {
  let running: RunningService;
  try {
    running = await listen(service, process.env['HOST'] ?? '127.0.0.1', port);
  } catch (error) {
    console.error(`${service.name} cannot listen: ${(error as Error).message}`);
    process.exit(1);
  }
  const brokers = process.env['NATS_ADDRESS'];
  return 'routes' in service && service.answersOverNats && brokers
    ? overNatsAsWell(service, running, brokers)
    : running;
}

async function listen(service: AnyService, host: string, port: number): Promise<RunningService> {
  if ('routes' in service) return serve(service, host, port, takesFaults() ? new InjectedFaults() : undefined);
  // Loaded only here: the others start without it.
  const [{ serveGrpc }, { GrpcFaults }] = await Promise.all([import('../grpc/server.js'), import('../grpc/faults.js')]);
  return serveGrpc(service, host, port, takesFaults() ? new GrpcFaults() : undefined);
}

/** Does not wait for a broker: HTTP is there without one. */
function overNatsAsWell(service: ServiceDefinition, running: RunningService, brokers: string): RunningService {
  let answering: NatsAnswering | undefined;
  answerOverNats(service, brokers).then(
    started => void (answering = started),
    (error: unknown) => console.error(`${service.name} cannot answer over NATS: ${String(error)}`),
  );
  const stop = async (): Promise<void> => void (await Promise.all([answering?.stop(), running.stop()]));
  return { ...running, stop };
}

/** Says on stdout, in one line, that everything listens. */
export function announce(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Registers what runs, where this process is to, and ends it with exit code 0 once it is told to. */
export async function keepUntilSignal(services: readonly RunningService[]): Promise<void> {
  const registrations: Promise<Registration>[] = [];
  const stop = async () => {
    await Promise.all(registrations.map(async registration => (await registration).deregister()));
    await Promise.all(services.map(service => service.stop()));
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
  if (!isToRegister(process.env)) return;
  // Loaded only here: without Consul a service starts in a third of the time.
  const { register } = await import('guichet/discovery/registration');
  registrations.push(...services.map(service => register({ ...service, log: warnings })));
  await Promise.all(registrations);
}

function isToRegister(env: NodeJS.ProcessEnv): boolean {
  return env['DISCOVERY'] === undefined ? Boolean(env['CONSUL_HTTP_ADDR']) : env['DISCOVERY'] === 'consul';
}

// Standard output belongs to the one line that says where the service listens.
const warnings: DiscoveryLog = { info: () => {}, warn: message => console.error(message) };
