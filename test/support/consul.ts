import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type RunningConsul, startConsul } from '../../scripts/servers/consul.mjs';
import { request } from './http.js';
import { repository } from './program.js';

const { binary, trouble } = find();

/** Services of the example whose health Consul asks by `grpc.health.v1`; the others answer `/health/live`. */
const SPEAKS_GRPC = new Set(['pricing']);

/** `describe` where there is a Consul. Where there is none: with `CI=true` a failing test, elsewhere skipped and said. */
export const describeWithConsul = binary !== undefined ? describe : describeMissing;

/** Where a service is. */
export interface Place {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly tags?: readonly string[];
  readonly meta?: Readonly<Record<string, string>>;
}

/** A real Consul that can be killed, which wipes it, and be started again at the same address. */
export class Consul {
  private constructor(
    private running: RunningConsul,
    /** `host:port` */
    readonly address: string,
    private readonly hasAcls: boolean,
  ) {}

  /** @param hasAcls  whether a token is needed for everything; this one's own may do anything */
  static async start({ hasAcls = false } = {}): Promise<Consul> {
    const running = await startConsul({ binary: binary!, hasAcls });
    return new Consul(running, running.address, hasAcls);
  }

  async kill(): Promise<void> {
    await this.running.kill();
  }

  /** Stops it where it stands, connections open, until {@link goOn}. */
  stand(): void {
    process.kill(this.running.pid, 'SIGSTOP');
  }

  goOn(): void {
    process.kill(this.running.pid, 'SIGCONT');
  }

  /** Starts an empty one where the killed one was; resolves once it answers. */
  async startAgain(): Promise<void> {
    const httpPort = Number(this.address.split(':')[1]);
    this.running = await startConsul({ binary: binary!, httpPort, hasAcls: this.hasAcls });
  }

  /**
   * Registers an instance as its operator would, by Consul's API.
   * @param checkedPort  where its health is asked, when not where it is called
   */
  async register({ name, host, port, tags = [], meta = {} }: Place, checkedPort = port): Promise<void> {
    const checked = `${host}:${checkedPort}`;
    await this.call('PUT', 'agent/service/register', {
      ID: `by-hand-${name}-${port}`,
      Name: name,
      Address: host,
      Port: port,
      Tags: tags,
      Meta: meta,
      Check: {
        ...(SPEAKS_GRPC.has(name) ? { GRPC: checked } : { HTTP: `http://${checked}/health/live` }),
        Interval: '1s',
        Status: 'passing',
      },
    });
  }

  /** Takes back what {@link register} did. */
  async deregister({ name, port }: Place): Promise<void> {
    await this.call('PUT', `agent/service/deregister/by-hand-${name}-${port}`);
  }

  /** @returns how many instances of a service pass their checks */
  async passing(service: string): Promise<number> {
    return ((await this.call('GET', `health/service/${service}?passing`)) as unknown[]).length;
  }

  /** @returns the ports of a service's instances that pass their checks */
  async portsOf(service: string): Promise<readonly number[]> {
    const entries = (await this.call('GET', `health/service/${service}?passing`)) as { Service: { Port: number } }[];
    return entries.map(({ Service }) => Service.Port);
  }

  /** Asks its API, as who may do anything. @throws Error  when the answer is not 200 */
  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const { token } = this.running;
    const headers: Record<string, string> = token === undefined ? {} : { 'X-Consul-Token': token };
    const answer = await request(`http://${this.address}/v1/${path}`, { method, body, headers });
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
    return answer.body === '' ? undefined : answer.json();
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
  describe(name, () => it.skip('needs a Consul', () => {}));
}

function find(): { binary: string | undefined; trouble: string } {
  try {
    const script = join(repository, 'scripts/servers/consul.mjs');
    const output = execFileSync(process.execPath, [script, '--path'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { binary: output.trim(), trouble: '' };
  } catch (error) {
    return { binary: undefined, trouble: String((error as { stderr?: unknown }).stderr ?? error).trim() };
  }
}
