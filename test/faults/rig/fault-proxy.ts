import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What happens to what an instance sends, and with the first two to what it is sent, too. */
export interface NetworkFault {
  /** Nothing gets through any more, either way, and nothing says so. */
  readonly isBlackhole?: boolean;
  /** Milliseconds that everything takes longer, each way. */
  readonly latencyMs?: number;
  /** Bytes a second that get through. */
  readonly bytesPerSecond?: number;
  /** Milliseconds between two bytes. */
  readonly dripMs?: number;
  /** Resets every connection, also new ones. */
  readonly isReset?: boolean;
  /** The connection is cut after so many bytes of the instance's. */
  readonly cutAfterBytes?: number;
  /** Sent after each piece of the instance's, as if it had. */
  readonly extraBytes?: string;
  /** The instance's side ends after its first piece, while the connection stays open the other way. */
  readonly isHalfClosed?: boolean;
}

/** How often a piece that is held back looks whether it may go, in milliseconds. */
const HELD_MS = 5;
const PIECES_PER_SECOND = 50;

/**
 * Stands before an instance, as its address, and is the network that fails. What is set counts at once, for open
 * connections as well; bytes that were held back arrive once the fault is over.
 */
export class FaultProxy {
  /** How many of its callers' connections have ended so far. */
  endedCount = 0;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private fault: NetworkFault = {};

  constructor(private readonly targetPort: number) {
    // One side may end while the other goes on: what comes through is what was sent.
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, caller => this.join(caller));
  }

  /** The port callers see. */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async start(): Promise<this> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return this;
  }

  /** From now on; `{}` ends it. */
  suffer(fault: NetworkFault): void {
    this.fault = fault;
    if (fault.isReset) for (const socket of this.sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.fault = {};
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(caller: Socket): void {
    if (this.fault.isReset) return void caller.resetAndDestroy();
    const instance = connect({ port: this.targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    for (const [socket, other] of [
      [caller, instance],
      [instance, caller],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.once('close', () => {
        this.sockets.delete(socket);
        if (socket === caller) this.endedCount += 1;
        other.destroy();
      });
    }
    void this.pump(caller, instance, (piece, to) => this.forth(piece, to));
    let sent = 0;
    void this.pump(instance, caller, async (piece, to) => {
      await this.back(piece, to, sent);
      sent += piece.length;
    });
  }

  private async pump(from: Socket, to: Socket, pass: (piece: Buffer, to: Socket) => Promise<void>): Promise<void> {
    try {
      for await (const piece of from as AsyncIterable<Buffer>) await pass(piece, to);
      await this.mayPass(to);
      to.end();
    } catch {
      to.destroy();
    }
  }

  private async forth(piece: Buffer, to: Socket): Promise<void> {
    await this.mayPass(to);
    await write(to, piece);
  }

  /** @param sent  bytes that went this way already */
  private async back(piece: Buffer, to: Socket, sent: number): Promise<void> {
    await this.mayPass(to);
    const { cutAfterBytes, extraBytes, isHalfClosed } = this.fault;
    if (cutAfterBytes !== undefined && sent + piece.length >= cutAfterBytes) {
      await write(to, piece.subarray(0, Math.max(0, cutAfterBytes - sent)));
      return void to.destroySoon();
    }
    await this.slowly(piece, to);
    if (extraBytes !== undefined) await write(to, Buffer.from(extraBytes, 'latin1'));
    if (isHalfClosed) to.end();
  }

  private async slowly(piece: Buffer, to: Socket): Promise<void> {
    const { dripMs, bytesPerSecond } = this.fault;
    if (dripMs === undefined && bytesPerSecond === undefined) return write(to, piece);
    const size = dripMs === undefined ? Math.max(1, Math.floor(bytesPerSecond! / PIECES_PER_SECOND)) : 1;
    for (let at = 0; at < piece.length && !to.destroyed; at += size) {
      await write(to, piece.subarray(at, at + size));
      await pause(dripMs ?? 1_000 / PIECES_PER_SECOND);
    }
  }

  private async mayPass(to: Socket): Promise<void> {
    if (this.fault.latencyMs) await pause(this.fault.latencyMs);
    while (this.fault.isBlackhole && !to.destroyed) await pause(HELD_MS);
  }
}

async function write(to: Socket, piece: Buffer): Promise<void> {
  if (to.writable && !to.write(piece)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
}
