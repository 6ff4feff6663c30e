import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './free-port.js';

const binary = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map(folder => join(folder, 'redis-server'))
  .find(path => existsSync(path));

/** `describe` where there is a Redis. Where there is none: with `CI=true` a failing test, elsewhere skipped and said. */
export const describeWithRedis = binary === undefined ? describeMissing : describe;

/** A real Redis of Debian's package, on a free port, without a disk. */
export class RealRedis {
  private process: ChildProcess | undefined;
  private folder = '';
  private port = 0;

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<this> {
    this.folder = mkdtempSync(join(tmpdir(), 'guichet-redis-'));
    this.port = await freePort();
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    this.process = spawn(binary!, [...options, '--dir', this.folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const text of this.process.stdout!.setEncoding('utf8')) {
      if (String(text).includes('Ready to accept connections')) break;
    }
    return this;
  }

  /** Has it answer nothing while its connections stay open, as a network does that drops everything. */
  pause(): void {
    this.process!.kill('SIGSTOP');
  }

  resume(): void {
    this.process!.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    if (this.process?.exitCode === null && this.process.signalCode === null) {
      const ended = once(this.process, 'exit');
      this.process.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function describeMissing(name: string): void {
  const trouble = 'there is no redis-server on PATH';
  if (process.env['CI'] === 'true') {
    describe(name, () => {
      it('needs a Redis', () => {
        throw new Error(trouble);
      });
    });
    return;
  }
  process.stderr.write(`SKIPPED ${name}: ${trouble}\n`);
  describe(name, () => it.skip('needs a Redis', () => {}));
}
