import { builtFixture } from './built-fixture.js';
import { request } from './http.js';
import { type Ending, Program, type ProgramOptions } from './program.js';
import { until } from './until.js';

interface Listening {
  readonly type: 'listening';
  readonly port: number;
  readonly managementPort: number;
}

/** One replica of `test/fixtures/drain-app.ts.fixture`. It drains as any BFF does by default, unless `env` says otherwise. */
export class Replica {
  private constructor(
    readonly program: Program,
    readonly port: number,
    readonly managementPort: number,
  ) {}

  /** @returns once it listens */
  static async start(env: ProgramOptions['env'] = {}): Promise<Replica> {
    const program = Replica.launch(env);
    const { port, managementPort } = await program.message<Listening>('listening');
    return new Replica(program, port, managementPort);
  }

  /** Starts its process. */
  static launch(env: ProgramOptions['env'] = {}): Program {
    const own = { PORT: '0', MANAGEMENT_PORT: '0', DRAIN_PROPAGATION_MS: undefined };
    return new Program('replica', builtFixture('drain-app'), { env: { ...own, ...env } });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** @returns what it says of itself, as it says it to its operators */
  async health(): Promise<{
    readonly http: number;
    readonly status: string;
    readonly details: Record<string, object>;
  }> {
    const { status: http, json } = await request(`http://127.0.0.1:${this.managementPort}/health/ready?verbose`);
    return { http, ...(json() as { status: string; details: Record<string, object> }) };
  }

  async untilReady(): Promise<void> {
    await until('the replica is ready', async () => (await this.health()).http === 200);
  }

  /** Sends it a signal. @returns how it ended, and how long that took */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ending & { readonly tookMs: number }> {
    const startedAt = performance.now();
    const ending = await this.program.end(signal);
    return { ...ending, tookMs: performance.now() - startedAt };
  }
}
