import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from 'guichet/kernel';
import { unanswered } from 'guichet/observability';

/** Milliseconds that a client gets to close a connection whose last answer it has. */
const LINGER_MS = 1_000;

/**
 * Has every connection of a server end with its next answer, which says so (`Connection: close`), and no other way: a client that
 * is told before a connection ends sends nothing into it. Costs nothing until {@link announce}.
 * @see docs/decisions/0025-a-drain-that-loses-nothing.md
 */
export class LastAnswers {
  /** By connection, the answer that was told to be its last. */
  private readonly last = new WeakMap<Socket, ServerResponse>();

  constructor(
    private readonly server: Server,
    private readonly clock: Clock,
  ) {}

  /**
   * From now on. To be called once.
   * @param open  the connections that there are
   */
  announce(open: Iterable<Socket>): void {
    for (const socket of open) {
      const last = unanswered(socket).at(-1)?.response;
      if (last && !last.headersSent) this.tell(socket, last);
    }
    const { server } = this;
    const handlers = server.listeners('request') as RequestListener[];
    server.removeAllListeners('request');
    server.on('request', (request: IncomingMessage, response: Parameters<RequestListener>[1]) => {
      if (!this.mayBegin(request.socket)) return void request.resume();
      this.tell(request.socket, response);
      for (const handler of handlers) handler.call(server, request, response);
    });
  }

  /** Of pipelined requests the last one that has come is told; one that comes after that was told is not begun, as its client will see. */
  private mayBegin(socket: Socket): boolean {
    if (socket.writableEnded) return false;
    const last = this.last.get(socket);
    if (last?.headersSent) return false;
    if (last) last.shouldKeepAlive = true;
    return true;
  }

  private tell(socket: Socket, response: ServerResponse): void {
    this.last.set(socket, response);
    response.shouldKeepAlive = false;
    // Node calls it after an answer that was the last.
    socket.destroySoon = () => this.endGently(socket);
  }

  /**
   * Ends our side and lets the client end its own. Were both ended at once, what the client has sent meanwhile would have the
   * system reset the connection, and the answer could be lost on its way.
   */
  private endGently(socket: Socket): void {
    if (!socket.writableEnded) socket.end();
    const patience = this.clock.setTimer(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => patience.clear());
  }
}
