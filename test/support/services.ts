import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from './http.js';
import { Program, type ProgramOptions } from './program.js';

/** The example's services, as Consul and the upstreams file name them. */
export const serviceNames = [
  'catalog',
  'ratings',
  'pricing',
  'inventory',
  'recommendations',
  'profiles',
  'orders',
] as const;
export type ServiceName = (typeof serviceNames)[number];

const built = 'dist/examples/shop/services';

/** A running instance of a service. It takes faults and records what it is asked: `examples/shop/services/http/fault-book.ts`. */
export interface Service {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Where it takes faults, when not at `port`: what speaks gRPC. */
  readonly faultsPort?: number | undefined;
  readonly program: Program;
}

/** What a service was asked. */
export interface RecordedRequest {
  readonly method: string;
  /** As it came on the wire; by gRPC the method's path, `method` being `GRPC`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed; by gRPC the message. */
  readonly body?: unknown;
}

/** Starts one instance of a service as a process of its own, on any free port. */
export async function startService(name: ServiceName, env: ProgramOptions['env'] = {}): Promise<Service> {
  const program = new Program(name, `${built}/${name}.js`, { env: { PORT: '0', SHOP_FAULTS: '1', ...env } });
  const { host, port, faultsPort } = JSON.parse(await program.firstLine()) as Service;
  return { name, host, port, faultsPort, program };
}

/** All seven services in one process, and the file by which a BFF finds them. */
export interface AllServices {
  readonly program: Program;
  readonly upstreamsFile: string;
  readonly byName: Readonly<Record<ServiceName, Service>>;
}

/** Starts all seven services in one process. */
export async function startAllServices(env: ProgramOptions['env'] = {}): Promise<AllServices> {
  const upstreamsFile = join(scratchFolder(), 'upstreams.json');
  const program = new Program('services', `${built}/all.js`, {
    env: { PORT: '0', SHOP_FAULTS: '1', DISCOVERY: 'static', UPSTREAMS_FILE: upstreamsFile, ...env },
  });
  const { services, faults } = JSON.parse(await program.firstLine()) as {
    services: Record<ServiceName, string>;
    faults?: Partial<Record<ServiceName, number>>;
  };
  const placed = Object.entries(services).map(([name, address]) => {
    const [host, port] = address.split(':') as [string, string];
    const faultsPort = faults?.[name as ServiceName];
    return [name, { name, host, port: Number(port), faultsPort, program }];
  });
  return { program, upstreamsFile, byName: Object.fromEntries(placed) as Record<ServiceName, Service> };
}

/** Lets every request of a service suffer, until {@link heal}. */
export async function fault(service: Service, kind: Readonly<Record<string, unknown>>): Promise<void> {
  await control(service, 'PUT', '/_faults', kind);
}

/** Ends a service's faults and has it forget what it was asked. */
export async function heal(service: Service): Promise<void> {
  await control(service, 'DELETE', '/_faults');
}

/** @returns what a service was asked since it was healed last */
export async function requestsOf(service: Service): Promise<readonly RecordedRequest[]> {
  return ((await control(service, 'GET', '/_faults/requests')) as { requests: RecordedRequest[] }).requests;
}

/** @returns how many requests callers abandoned since the service was healed last */
export async function abortedOf(service: Service): Promise<number> {
  return ((await control(service, 'GET', '/_faults/aborted')) as { aborted: number }).aborted;
}

/** A new folder; gone with the tests. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-e2e-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function control(service: Service, method: string, path: string, body?: unknown): Promise<unknown> {
  const { name, host, port, faultsPort = port } = service;
  const answer = await request(`http://${host}:${faultsPort}${path}`, { method, body });
  if (answer.status !== 200) throw new Error(`${name}: ${method} ${path} answers ${answer.status}`);
  return answer.json();
}
