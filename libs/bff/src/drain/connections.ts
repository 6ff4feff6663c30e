import type { Server } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setImmediate as nextLook } from 'node:timers/promises';
import type { Clock } from 'guichet/kernel';
import { isAnswering, unanswered } from 'guichet/observability';
import { answer } from 'guichet/problem';
import { ReplicaGone } from './replica-gone.js';
import { LastAnswers } from './last-answers.js';

/** The connections of the app's server, and how they end. */
export class Connections {
  private readonly open = new Set<Socket>();
  private readonly lastAnswers: LastAnswers;
  private tellAllGone: () => void = () => {};

  constructor(
    private readonly server: Server,
    private readonly clock: Clock,
  ) {
    this.lastAnswers = new LastAnswers(server, clock);
    server.on('connection', (socket: Socket) => {
      this.open.add(socket);
      socket.once('close', () => {
        this.open.delete(socket);
        if (this.open.size === 0) this.tellAllGone();
      });
    });
  }

  /** How many there are. */
  get count(): number {
    return this.open.size;
  }

  /** How many requests wait for their answers, or for the rest of them. */
  get underWay(): number {
    let requests = 0;
    for (const socket of this.open) requests += unanswered(socket).length;
    return requests;
  }

  /** From now on every connection ends with its next answer. To be called once. */
  announceEnd(): void {
    this.lastAnswers.announce(this.open);
  }

  /** Takes no new ones, once those that the system has accepted already are taken. The others stay. */
  async stopAccepting(): Promise<void> {
    await nextLook();
    // Not by HTTP's own `close`, which ends idle connections at once: their clients may be about to send.
    NetServer.prototype.close.call(this.server);
  }

  /** Resolves once there are none. */
  async allGone(): Promise<void> {
    if (this.open.size > 0) await new Promise<void>(resolve => (this.tellAllGone = resolve));
  }

  /** Ends those that are idle, unless others are still at work: the later, the more of them have ended by themselves. */
  async endIdle(): Promise<void> {
    if (this.areBusy) return;
    // What has arrived meanwhile is read before: its connection is idle no more.
    await nextLook();
    if (this.areBusy) return;
    this.server.closeIdleConnections();
    // To Node one that has never sent anything is not idle.
    for (const socket of this.open) if (socket.bytesRead === 0) socket.destroy();
  }

  /**
   * Ends all. A request whose answer has not begun is answered 503; an answer that has begun is cut off so that its client notices.
   * @param limitMs  milliseconds for the 503s to reach their clients
   */
  async cutOff(limitMs: number): Promise<void> {
    for (const socket of this.open) {
      const requests = unanswered(socket);
      if (requests.length === 0) socket.destroy();
      // Not by an orderly end: to a body without a length that would be its end, too.
      else if (requests[0]!.response.headersSent) socket.resetAndDestroy();
      else {
        for (const { context, response } of requests) {
          context.depart();
          answer(new ReplicaGone(), response.req, response, this.clock);
        }
      }
    }
    const patience = this.clock.setTimer(() => this.destroyAll(), limitMs);
    await this.allGone();
    patience.clear();
  }

  private destroyAll(): void {
    for (const socket of this.open) socket.destroy();
  }

  /** Whether one answers, or lingers until its client has seen that it ended. */
  private get areBusy(): boolean {
    for (const socket of this.open) if (isAnswering(socket) || socket.writableEnded) return true;
    return false;
  }
}
