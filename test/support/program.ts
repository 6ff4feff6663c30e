import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { notice } from './output.js';

/** The repository: programs are started in it. */
export const repository = join(__dirname, '../..');

const preload = pathToFileURL(join(repository, 'scripts/process/end-with-parent.mjs')).href;

/** How a program ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Milliseconds from its start. */
  readonly afterMs: number;
}

/** What a program is started with. */
export interface ProgramOptions {
  readonly args?: readonly string[];
  /** Beside this process's own; an undefined one is taken away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const living = new Set<Program>();

/** A Node program under test: a process of its own, ended with the tests however these end. */
export class Program {
  readonly child: ChildProcess;
  /** Resolves when it has ended and all its output is read; never rejects. */
  readonly ended: Promise<Ending>;
  private readonly startedAt = performance.now();
  private out = '';
  private err = '';

  /**
   * @param name  for messages
   * @param file  relative to the repository
   */
  constructor(
    readonly name: string,
    file: string,
    { args = [], env = {} }: ProgramOptions = {},
  ) {
    this.child = spawn(
      process.execPath,
      ['--import', preload, '--enable-source-maps', join(repository, file), ...args],
      {
        cwd: repository,
        env: { ...ownEnvironment(), NO_COLOR: '1', DRAIN_PROPAGATION_MS: '0', ...env },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    );
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.out += notice(name, text)));
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.err += notice(name, text)));
    living.add(this);
    this.ended = once(this.child, 'close').then(([code, signal]) => {
      living.delete(this);
      return { code, signal, afterMs: performance.now() - this.startedAt } as Ending;
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** What it wrote to stdout so far. */
  get stdout(): string {
    return this.out;
  }

  /** What it wrote to stderr so far. */
  get stderr(): string {
    return this.err;
  }

  /** @returns the first line on its stdout; rejects with what it said when it ends before */
  firstLine(): Promise<string> {
    return this.said(/^.*(?=\n)/);
  }

  /** @returns the part of its stdout that fits, once it is there; rejects with what it said when it ends before */
  async said(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.out);
      if (found) return found[0];
      await this.orEnded(once(this.child.stdout!, 'data'));
    }
  }

  /** @returns the message of this type that it sends to its parent; rejects with what it said when it ends before */
  async message<T extends { type: string }>(type: T['type']): Promise<T> {
    for (;;) {
      const [message] = (await this.orEnded(once(this.child, 'message'))) as [T];
      if (message.type === type) return message;
    }
  }

  /** Sends it a message and waits for one of this type. */
  async ask<T extends { type: string }>(message: object, type: T['type']): Promise<T> {
    const answer = this.message<T>(type);
    this.child.send(message);
    return answer;
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ending> {
    if (living.has(this)) this.child.kill(signal);
    return this.ended;
  }

  private async orEnded<T>(event: Promise<T>): Promise<T> {
    const ending = this.ended.then(({ code, signal }) => {
      throw new Error(`${this.name} ended with ${signal ?? `code ${code}`}:\n${this.err}${this.out}`);
    });
    ending.catch(() => {});
    event.catch(() => {});
    return Promise.race([event, ending]);
  }
}

/** Ends every program that is still there. */
export async function endPrograms(): Promise<void> {
  await Promise.all([...living].map(program => program.end('SIGKILL')));
}

/** What the machine or jest set must not decide how the apps behave. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const decisive =
    /^(NODE_ENV|NODE_OPTIONS|PORT|HOST|MANAGEMENT_|DISCOVERY|UPSTREAMS_FILE|CONSUL_|ADVERTISE_HOST|AUTH_|OIDC_|PUBLIC_ORIGIN|REDIS_URL|SESSION_|THROTTLE_|TRUSTED_|SIGNING_|SERVICE_|SHOP_|SHEDDING|DRAIN_|READINESS_|TERMINATION_|LOG_|OTEL_|PAGE_TRACE_|npm_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !decisive.test(name)));
}
