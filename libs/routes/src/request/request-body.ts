import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

/** Whom a body tells what becomes of it. */
export interface BodyWatcher {
  /** It is wanted for the first time: there is a connection that it goes out on. */
  begun(): void;
  /** From now on the next piece is awaited from the client, or its acceptance from the upstream. */
  awaits(whom: 'client' | 'upstream'): void;
  /** It has more bytes than it may. */
  tooLong(): void;
  /** All of it was handed on, or nobody wants the rest. */
  over(): void;
}

/**
 * A request's body on its way to an upstream, at the upstream's pace. Stands between the client's request and undici, which
 * would end the client's connection together with the upstream's: the client is still to be told what happened.
 * What undici asks of a stream, and no more: `data`, `end`, `error`, `close`, `pause`, `resume`, `destroy`.
 */
export class RequestBody extends EventEmitter {
  /** Bytes handed on. */
  bytes = 0;
  private isBegun = false;
  private isOver = false;

  constructor(
    private readonly request: IncomingMessage,
    private readonly maxBytes: number,
    private readonly watcher: BodyWatcher,
  ) {
    super();
  }

  /** It, as the stream that undici takes it for. */
  get stream(): Readable {
    return this as unknown as Readable;
  }

  // That it is there makes it a stream to undici.
  pipe(): never {
    throw new Error('a request body is read, not piped');
  }

  pause(): this {
    if (this.isOver) return this;
    this.request.pause();
    this.watcher.awaits('upstream');
    return this;
  }

  resume(): this {
    if (this.isOver) return this;
    if (!this.isBegun) this.begin();
    this.watcher.awaits('client');
    this.request.resume();
    return this;
  }

  destroy(): this {
    this.finish();
    return this;
  }

  private begin(): void {
    this.isBegun = true;
    this.request.on('data', this.onData).on('end', this.onEnd).on('close', this.onClose);
    this.watcher.begun();
  }

  private readonly onData = (chunk: Buffer): void => {
    this.bytes += chunk.length;
    if (this.bytes > this.maxBytes) {
      this.watcher.tooLong();
      return;
    }
    this.watcher.awaits('client');
    this.emit('data', chunk);
  };

  private readonly onEnd = (): void => {
    this.finish();
    this.emit('end');
  };

  /** The client went away in the middle of it: half of it must not look like all. */
  private readonly onClose = (): void => {
    if (this.isOver) return;
    this.finish();
    this.emit('close');
  };

  private finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.isBegun) {
      this.request.off('data', this.onData).off('end', this.onEnd).off('close', this.onClose);
      this.request.pause();
    }
    this.watcher.over();
  }
}
