import type { Duplex } from 'node:stream';
import type { TimerWheel } from 'guichet/kernel';
import { SilenceTimer } from 'guichet/upstream';

/** Two connections as one: what comes on either goes out on the other, at the pace of whoever takes it. */
export class Tunnel {
  /** Bytes from the client. */
  receivedBytes = 0;
  /** Bytes to the client. */
  sentBytes = 0;
  private readonly silence: SilenceTimer;
  private isOver = false;

  /**
   * @param idleMs  milliseconds without a byte in either direction
   * @param onOver  called once
   */
  constructor(
    private readonly client: Duplex,
    private readonly upstream: Duplex,
    wheel: TimerWheel,
    idleMs: number,
    private readonly onOver: () => void,
  ) {
    this.silence = new SilenceTimer(wheel, idleMs, () => this.end());
  }

  /** @param head  what the client sent before the other side was there */
  open(head: Buffer): void {
    const { client, upstream } = this;
    for (const side of [client, upstream]) {
      // An error is followed by the close.
      side.on('error', () => {});
      side.once('close', () => this.end());
    }
    client.on('data', (chunk: Buffer) => {
      this.receivedBytes += chunk.length;
      this.silence.restart();
    });
    upstream.on('data', (chunk: Buffer) => {
      this.sentBytes += chunk.length;
      this.silence.restart();
    });
    if (head.length > 0) {
      this.receivedBytes += head.length;
      upstream.write(head);
    }
    client.pipe(upstream);
    upstream.pipe(client);
  }

  /** Closes both ends, once what was written to them is out. */
  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.silence.end();
    for (const side of [this.client, this.upstream]) {
      const socket = side as Duplex & { destroySoon?(): void };
      if (socket.destroySoon) socket.destroySoon();
      else socket.destroy();
    }
    this.onOver();
  }
}
