import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from 'guichet/testing';
import { type RunningHaproxy, startHaproxy } from '../../scripts/servers/haproxy.mjs';
import { request } from './http.js';
import { repository } from './program.js';
import { scratchFolder } from './services.js';

const { program, trouble } = find();

/** `describe` where there is an HAProxy. Where there is none: with `CI=true` a failing test, elsewhere skipped and said. */
export const describeWithHaproxy = program !== undefined ? describe : describeMissing;

/** How replicas are watched. */
export interface HaproxyCheck {
  /** Milliseconds between two checks. */
  readonly periodMs: number;
  /** Bad ones in a row that take a replica out. */
  readonly failures: number;
}

/**
 * A real HAProxy before replicas of an app. It asks `/health/ready`, keeps connections to replicas, and hides nothing: no retry, no
 * second choice of a replica.
 */
export class Haproxy {
  private constructor(
    /** `http://127.0.0.1:41234` */
    readonly url: string,
    private readonly statsUrl: string,
    private readonly running: RunningHaproxy,
  ) {}

  /** @param ports  of the replicas, on loopback */
  static async start(ports: readonly number[], { periodMs, failures }: HaproxyCheck): Promise<Haproxy> {
    const [port, statsPort] = [await freePort(), await freePort()];
    const configuration = `
global
  maxconn 4096
defaults
  mode http
  retries 0
  timeout connect 1s
  timeout check 1s
  timeout client 60s
  timeout server 60s
  timeout http-keep-alive 60s
listen stats
  bind 127.0.0.1:${statsPort}
  stats enable
  stats uri /
frontend door
  bind 127.0.0.1:${port}
  default_backend replicas
backend replicas
  balance roundrobin
  option httpchk GET /health/ready
  http-reuse aggressive
  default-server check inter ${periodMs}ms fall ${failures} rise 1
${ports.map(replica => `  server r${replica} 127.0.0.1:${replica}\n`).join('')}`;
    const running = await startHaproxy({ program: program!, directory: scratchFolder(), configuration });
    return new Haproxy(`http://127.0.0.1:${port}`, `http://127.0.0.1:${statsPort}/;csv`, running);
  }

  /** @returns whether it sends requests to the replica on this port */
  async takes(port: number): Promise<boolean> {
    const answer = await request(this.statsUrl).catch(() => undefined);
    const [head = '', ...rows] = (answer?.body ?? '').replace(/^# /, '').trim().split('\n');
    const [name, status] = ['svname', 'status'].map(column => head.split(',').indexOf(column)) as [number, number];
    const row = rows.map(line => line.split(',')).find(columns => columns[name] === `r${port}`);
    return row?.[status]?.startsWith('UP') ?? false;
  }

  stop(): Promise<void> {
    return this.running.stop();
  }
}

function describeMissing(name: string): void {
  if (process.env['CI'] === 'true') {
    describe(name, () => {
      it('needs an HAProxy', () => {
        throw new Error(trouble);
      });
    });
    return;
  }
  process.stderr.write(`SKIPPED ${name}: ${trouble}\n`);
  describe(name, () => it.skip('needs an HAProxy', () => {}));
}

function find(): { program: string | undefined; trouble: string } {
  try {
    const script = join(repository, 'scripts/servers/haproxy.mjs');
    const output = execFileSync(process.execPath, [script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return { program: output.trim(), trouble: '' };
  } catch (error) {
    return { program: undefined, trouble: String((error as { stderr?: unknown }).stderr ?? error).trim() };
  }
}
