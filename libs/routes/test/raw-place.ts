import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Place } from './route-rig.js';

/** One end of a connection, to the byte. */
export class Peer {
  /** All that came. */
  text = '';
  isClosed = false;
  private waiting: (() => void)[] = [];

  constructor(
    readonly socket: Socket,
    private readonly onText = (): void => {},
  ) {
    socket.on('error', () => {});
    socket.on('data', bytes => {
      this.text += bytes.toString('latin1');
      this.onText();
      this.wake();
    });
    socket.once('close', () => {
      this.isClosed = true;
      this.wake();
    });
  }

  send(text: string | Buffer): this {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
    return this;
  }

  /** @returns all that came, once it fits; rejects when the connection closes before */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.text)) {
      if (this.isClosed) throw new Error(`closed without ${String(pattern)}: ${this.text}`);
      await new Promise<void>(resolve => this.waiting.push(resolve));
    }
    return this.text;
  }

  /** @returns all that came until the connection closed */
  async end(): Promise<string> {
    while (!this.isClosed) await new Promise<void>(resolve => this.waiting.push(resolve));
    return this.text;
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

/** An upstream of bytes: each connection is handed to whoever asks for the next. */
export class RawPlace implements Place {
  private readonly server: Server;
  private readonly peers: Peer[] = [];
  private readonly ready: Peer[] = [];
  private asking: ((peer: Peer) => void)[] = [];
  private looking: (() => void)[] = [];

  constructor() {
    this.server = createServer({ noDelay: true, allowHalfOpen: false }, socket => {
      const peer = new Peer(socket, () => {
        for (const look of this.looking.splice(0)) look();
      });
      this.peers.push(peer);
      const resolve = this.asking.shift();
      if (resolve) resolve(peer);
      else this.ready.push(peer);
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** How many connections were made. */
  get count(): number {
    return this.peers.length;
  }

  async start(): Promise<this> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return this;
  }

  /** @returns the next connection */
  next(): Promise<Peer> {
    const peer = this.ready.shift();
    return peer ? Promise.resolve(peer) : new Promise(resolve => this.asking.push(resolve));
  }

  /** All that came, connection by connection. */
  get texts(): readonly string[] {
    return this.peers.map(({ text }) => text);
  }

  /** @returns the connection on which something came that fits */
  async asked(pattern: RegExp): Promise<Peer> {
    for (;;) {
      const found = this.peers.find(({ text }) => pattern.test(text));
      if (found) return found;
      await new Promise<void>(resolve => this.looking.push(resolve));
    }
  }

  async close(): Promise<void> {
    for (const { socket } of this.peers) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}
