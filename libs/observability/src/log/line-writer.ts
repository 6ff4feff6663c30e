import { write, writeSync } from 'node:fs';
import { type Clock, systemClock, type TimerHandle } from 'guichet/kernel';

/** Characters that are gathered before they are written: a quarter of what an operating system's pipe takes at once. */
const BATCH_LENGTH = 16_384;
/** Characters that may wait for a reader who does not read; further lines are dropped and counted. */
const MAX_WAITING_LENGTH = 8_388_608;
/** Milliseconds for which a line may lie here. */
const MAX_WAIT_MS = 100;
/** Milliseconds after which a pipe that was full is tried again. */
const RETRY_MS = 10;
/** Milliseconds that the process' end waits for a reader. */
const MAX_END_MS = 1_000;

/**
 * Writes lines to a file descriptor, many at once and without waiting for them: a write costs more than everything else a line does,
 * and a reader that stalls must not stall the process. What lies here at the process' end is written then: by {@link drained}, or at
 * last by {@link flushSync}.
 * @see docs/decisions/0024-own-log-writer.md
 */
export class LineWriter {
  private waiting = '';
  private underWay: Buffer | undefined;
  private timer: TimerHandle | undefined;
  private dropped = 0;
  private isBroken = false;
  private readonly listeners: (() => void)[] = [];

  /** @param onDropped  told how many lines were lost because nobody read them, once somebody reads again */
  constructor(
    private readonly fd: number,
    private readonly onDropped: (lines: number) => void = () => {},
    private readonly clock: Clock = systemClock,
  ) {}

  /** @param line  with its line break */
  write(line: string): void {
    if (this.isBroken) return;
    if (this.waiting.length + line.length > MAX_WAITING_LENGTH) {
      this.dropped += 1;
      return;
    }
    this.waiting += line;
    if (this.waiting.length >= BATCH_LENGTH) this.flush();
    else this.timer ??= this.clock.setTimer(() => this.flush(), MAX_WAIT_MS);
  }

  /** Resolves once everything is written, or cannot be. */
  drained(): Promise<void> {
    this.flush();
    if (this.underWay === undefined) return Promise.resolve();
    return new Promise(resolve => this.listeners.push(resolve));
  }

  /**
   * Writes what waits before it returns: for a process that ends now. What was under way already is the operating system's, which
   * Node waits for. Gives up on a reader that is gone or does not read.
   */
  flushSync(): void {
    let rest = Buffer.from(this.waiting);
    this.waiting = '';
    const until = this.clock.now() + MAX_END_MS;
    while (rest.length > 0 && !this.isBroken && this.clock.now() < until) {
      try {
        rest = rest.subarray(writeSync(this.fd, rest));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      }
    }
  }

  private flush(): void {
    this.timer?.clear();
    this.timer = undefined;
    if (this.underWay !== undefined || this.waiting === '') return;
    this.underWay = Buffer.from(this.waiting);
    this.waiting = '';
    this.writeOn(this.underWay);
  }

  private writeOn(bytes: Buffer): void {
    write(this.fd, bytes, (error, written) => {
      if (error?.code === 'EAGAIN') {
        this.clock.setTimer(() => this.writeOn(bytes), RETRY_MS);
      } else if (error) {
        this.lose(error, bytes);
      } else if (written < bytes.length) {
        this.writeOn(bytes.subarray(written));
      } else {
        this.goOn();
      }
    });
  }

  private lose(error: NodeJS.ErrnoException, bytes: Buffer): void {
    // Nobody will ever read again; with anything else, a full disk say, the next lines may fare better.
    if (error.code === 'EPIPE') {
      this.isBroken = true;
      this.waiting = '';
    } else {
      this.dropped += bytes.toString().split('\n').length - 1;
    }
    this.underWay = undefined;
    if (this.waiting !== '') this.timer ??= this.clock.setTimer(() => this.flush(), MAX_WAIT_MS);
    this.tellDrained();
  }

  private goOn(): void {
    this.underWay = undefined;
    if (this.dropped > 0) {
      const { dropped } = this;
      this.dropped = 0;
      this.onDropped(dropped);
    }
    if (this.waiting.length >= BATCH_LENGTH || this.listeners.length > 0) this.flush();
    if (this.underWay === undefined) this.tellDrained();
  }

  private tellDrained(): void {
    for (const listener of this.listeners.splice(0)) listener();
  }
}
