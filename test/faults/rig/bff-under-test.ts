import { createHmac, randomBytes } from 'node:crypto';
import { builtFixture } from '../../support/built-fixture.js';
import { request } from '../../support/http.js';
import { Program, type ProgramOptions } from '../../support/program.js';
import { until } from '../../support/until.js';
import { weakened } from './weakening.js';

/** How a BFF of the rig differs from the framework's defaults. */
export interface BffSettings {
  /** Options of all its upstreams, and of single ones. */
  readonly defaults?: object;
  readonly overrides?: Readonly<Record<string, object>>;
  /** What `DiscoveryModule.forRoot` takes. */
  readonly discovery?: object;
  /** What `runBff` takes. */
  readonly bff?: object;
  /** Of its pages; 800 by default. */
  readonly budgetMs?: number;
  /** Whether it has a page over another BFF, called `front`. */
  readonly behind?: boolean;
  /** As it registers. */
  readonly name?: string;
  /** What is broken on purpose: it hears no client leave, or keeps a little of every request. */
  readonly sabotage?: 'deaf' | 'leaking';
  readonly env?: ProgramOptions['env'];
  /** Whether to return before it is ready. */
  readonly isUnready?: boolean;
}

/** How a process is, measured in it. */
export interface Vitals {
  readonly type: 'vital';
  readonly rssBytes: number;
  /** The most since it was asked last, as seen every 5 ms. */
  readonly peakRssBytes: number;
  readonly heapBytes: number;
  /** Of its whole life. */
  readonly cpuMs: number;
  /** What keeps it busy: sockets, timers and so on. */
  readonly resources: Readonly<Record<string, number>>;
  readonly listeners: number;
  /** Whether every object has what an attack would give it. */
  readonly isPolluted: boolean;
  /** Of its event loop, since it was asked last. */
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
}

/** What its layers did since it was asked last. */
export interface Happened {
  readonly type: 'happened';
  readonly byUpstream: Readonly<Record<string, Readonly<Record<string, number>> | undefined>>;
  readonly byInstance: Readonly<Record<string, { readonly attempts: number; readonly failed: number } | undefined>>;
  readonly changes: readonly { atMs: number; upstream: string; instance: string; state: string }[];
}

const secret = randomBytes(32);

/** A BFF whose pages ask the rig's services: `test/fixtures/faults-app.ts.fixture`. */
export class BffUnderTest {
  private constructor(
    readonly program: Program,
    readonly url: string,
    readonly managementUrl: string,
  ) {}

  /** @param consul  `host:port` */
  static async start(consul: string, settings: BffSettings = {}): Promise<BffUnderTest> {
    const { name = 'rig', env = {}, isUnready = false, ...options } = weakened(settings);
    const program = new Program(name, builtFixture('faults-app'), {
      env: {
        PORT: '0',
        MANAGEMENT_PORT: '0',
        DISCOVERY: 'consul',
        CONSUL_HTTP_ADDR: consul,
        // A line a request would fill this process's memory, and its text cost more than the page.
        LOG_REQUESTS: 'off',
        RIG_NAME: name,
        RIG_OPTIONS: JSON.stringify(options),
        RIG_SECRET: secret.toString('base64'),
        ...env,
      },
    });
    const { port, managementPort } = await program.message<Listening>('listening');
    const bff = new BffUnderTest(program, `http://127.0.0.1:${port}`, `http://127.0.0.1:${managementPort}`);
    if (!isUnready) await until(`${name} is ready`, () => bff.isReady());
    return bff;
  }

  async isReady(): Promise<boolean> {
    return (await request(`${this.url}/health/ready`)).status === 200;
  }

  /** @returns how many instances of each upstream it knows, of those that it knows freshly */
  async knows(): Promise<Readonly<Record<string, number>>> {
    const { details } = (await request(`${this.managementUrl}/health/ready?verbose`)).json() as Health;
    return Object.fromEntries(
      Object.entries(details).flatMap(([key, { source, instances = 0 }]) =>
        key.startsWith('upstream ') && source === 'fresh' ? [[key.slice('upstream '.length), instances]] : [],
      ),
    );
  }

  /** Resolves once it knows, freshly, so many instances of these upstreams. */
  async knowsAll(counts: Readonly<Record<string, number>>, limitMs = 10_000): Promise<number> {
    return until(
      `${JSON.stringify(counts)} instances are known`,
      async () => {
        const known = await this.knows();
        return Object.entries(counts).every(([name, count]) => known[name] === count);
      },
      { limitMs },
    );
  }

  /** @param collects  whether garbage is collected first */
  vitals(collects = false): Promise<Vitals> {
    return this.program.ask<Vitals>({ type: 'vitals', collects }, 'vital');
  }

  happened(): Promise<Happened> {
    return this.program.ask<Happened>({ type: 'events' }, 'happened');
  }
}

/** @returns the header by which a BFF of the rig knows this caller */
export function callerHeader(subject: string): { readonly Authorization: string } {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1_000);
  const times = { iat: now, exp: now + 7_200, jti: subject, client_id: 'rig' };
  const input = `${part({ alg: 'HS256', typ: 'at+jwt' })}.${part({ iss: 'https://id.example', aud: 'rig', sub: subject, ...times })}`;
  return { Authorization: `Bearer ${input}.${createHmac('sha256', secret).update(input).digest('base64url')}` };
}

interface Listening {
  readonly type: 'listening';
  readonly port: number;
  readonly managementPort: number;
}

interface Health {
  readonly details: Readonly<Record<string, { readonly instances?: number; readonly source?: string }>>;
}
