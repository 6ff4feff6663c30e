import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type RunningConsul, startConsul } from '../../../scripts/servers/consul.mjs';
import type { Entry } from './instance-source.contract.js';

const script = join(__dirname, '../../../scripts/servers/consul.mjs');
const { binary, trouble } = find();

/** `describe` where there is a Consul. Where there is none: with `CI=true` a failing test, elsewhere skipped and said. */
export const describeWithConsul = binary === undefined ? describeMissing : describe;

/** Says a measured time, with `MEASURE=1`. */
export function measured(what: string, ms: number): void {
  if (process.env['MEASURE']) process.stderr.write(`${what}: ${ms.toFixed(1)} ms\n`);
}

/** A real Consul that can be killed, which wipes it, and be started again at the same address. */
export class RealConsul {
  private running: RunningConsul | undefined;
  private readonly registered = new Map<string, readonly Entry[]>();

  get address(): string {
    if (!this.running) throw new Error('Consul does not run');
    return this.running.address;
  }

  get pid(): number {
    return this.running?.pid ?? 0;
  }

  async start(httpPort = 0): Promise<void> {
    this.running = await startConsul({ binary: binary ?? '', httpPort });
  }

  /** Ends it; @returns its port, for the next one */
  async kill(): Promise<number> {
    const port = Number(this.address.split(':')[1]);
    await this.running?.kill();
    this.running = undefined;
    return port;
  }

  async stop(): Promise<void> {
    await this.running?.kill();
    this.running = undefined;
  }

  /** Makes these the instances of a service. */
  async put(service: string, entries: readonly Entry[]): Promise<void> {
    const before = this.registered.get(service) ?? [];
    this.registered.set(service, entries);
    for (const entry of entries) await this.register(service, entry);
    for (const { port } of before) {
      if (!entries.some(entry => entry.port === port)) await this.deregister(service, port);
    }
  }

  /** Registers again what an earlier Consul knew. */
  async putAllAgain(): Promise<void> {
    for (const [service, entries] of this.registered) await this.put(service, entries);
  }

  /** Takes everything back. */
  async clear(): Promise<void> {
    const services = (await this.call('GET', 'agent/services')) as Record<string, unknown>;
    for (const id of Object.keys(services)) await this.call('PUT', `agent/service/deregister/${id}`);
    this.registered.clear();
  }

  async register(service: string, { host, port, weight = 1 }: Entry): Promise<void> {
    await this.call('PUT', 'agent/service/register', {
      ID: `${service}-${port}`,
      Name: service,
      Address: host,
      Port: port,
      Weights: { Passing: weight, Warning: 1 },
      Check: { CheckID: `${service}-${port}`, TTL: '1h', Status: 'passing' },
    });
  }

  async deregister(service: string, port: number): Promise<void> {
    await this.call('PUT', `agent/service/deregister/${service}-${port}`);
  }

  /** Says how an instance does. */
  async setCheck(service: string, port: number, status: 'pass' | 'warn' | 'fail'): Promise<void> {
    await this.call('PUT', `agent/check/${status}/${service}-${port}`);
  }

  /** @throws Error  when the answer is not 2xx */
  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`http://${this.address}/v1/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

function describeMissing(name: string): void {
  if (process.env['CI'] === 'true') {
    describe(name, () => {
      it('needs a Consul', () => {
        throw new Error(trouble);
      });
    });
    return;
  }
  process.stderr.write(`SKIPPED ${name}: ${trouble}\n`);
  describe(name, () => it.skip(`needs a Consul`, () => {}));
}

function find(): { binary: string | undefined; trouble: string } {
  try {
    const output = execFileSync(process.execPath, [script, '--path'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { binary: output.trim(), trouble: '' };
  } catch (error) {
    return { binary: undefined, trouble: String((error as { stderr?: unknown }).stderr ?? error).trim() };
  }
}
