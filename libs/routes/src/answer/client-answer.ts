import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TimerWheel } from 'guichet/kernel';
import { SilenceTimer } from 'guichet/upstream';

/** Fastify's reply, the part that is used here. */
export interface RouteReply {
  readonly raw: ServerResponse;
  /** What the gateway's rooms have set so far. */
  getHeaders(): Readonly<Record<string, unknown>>;
  getHeader(name: string): unknown;
  header(name: string, value: string): unknown;
  /** Takes the answer out of Fastify's hands. */
  hijack(): unknown;
}

/** Who hears how the client takes its answer. */
export interface AnswerWatcher {
  /** The client has taken what was sent. */
  drained(): void;
  /** The client has taken nothing for too long. */
  stalled(): void;
}

/** The client's side of one answer: written as it comes, at the client's pace, and cut off rather than left to look whole. */
export class ClientAnswer {
  /** Bytes of the body so far. */
  bytes = 0;
  private isEnded = false;
  private isFlushed = false;
  private expected: number | undefined = undefined;
  private stall: SilenceTimer | undefined = undefined;
  private isListening = false;
  private readonly response: ServerResponse;

  constructor(
    private readonly request: IncomingMessage,
    private readonly reply: RouteReply,
    private readonly wheel: TimerWheel,
    private readonly stallMs: number,
    private readonly watcher: AnswerWatcher,
  ) {
    this.response = reply.raw;
  }

  /**
   * Writes the head.
   * @param own    the gateway's headers
   * @param list   the upstream's: names and values, alternating
   * @param bytes  of the body, where it is known and there is one
   */
  begin(
    status: number,
    own: Readonly<Record<string, unknown>>,
    list: readonly string[],
    bytes: number | undefined,
  ): void {
    const head: unknown[] = [];
    for (const name in own) {
      const value = own[name];
      if (Array.isArray(value)) for (const one of value) head.push(name, one);
      else head.push(name, value);
    }
    head.push(...list);
    this.reply.hijack();
    this.expected = bytes;
    // As one list, which Node writes as it is.
    this.response.writeHead(status, head as never);
    // Most bodies begin in the same piece as their head, and go out together with it.
    process.nextTick(flush, this);
  }

  /** @returns false until the client has taken it */
  write(chunk: Buffer): boolean {
    this.bytes += chunk.length;
    this.isFlushed = true;
    if (this.bytes === this.expected) {
      // In one write with what there is: nothing can come any more.
      this.isEnded = true;
      this.response.end(chunk);
      return true;
    }
    if (this.response.write(chunk)) return true;
    this.waitForDrain();
    return false;
  }

  /** @param trailers  names and values */
  end(trailers: readonly [string, string][]): void {
    if (this.isEnded) return;
    this.isEnded = true;
    if (trailers.length > 0) this.response.addTrailers(trailers as [string, string][]);
    this.response.end();
    this.stall?.end();
  }

  /** Ends it so that nobody takes it for whole. */
  cut(): void {
    this.isEnded = true;
    this.stall?.end();
    const { socket } = this.request;
    // Where the body ends with the connection, its orderly end would look like the body's.
    const isDelimited = this.expected !== undefined || this.response.chunkedEncoding;
    if (isDelimited) this.response.destroy();
    else socket.resetAndDestroy();
  }

  /** The client is gone. */
  release(): void {
    this.isEnded = true;
    this.stall?.end();
  }

  flush(): void {
    if (this.isFlushed || this.isEnded || this.response.destroyed) return;
    this.response.flushHeaders();
  }

  private waitForDrain(): void {
    if (this.stall) this.stall.restart();
    else this.stall = new SilenceTimer(this.wheel, this.stallMs, () => this.watcher.stalled());
    if (this.isListening) return;
    this.isListening = true;
    this.response.on('drain', () => {
      this.stall?.end();
      this.watcher.drained();
    });
  }
}

function flush(answer: ClientAnswer): void {
  answer.flush();
}
