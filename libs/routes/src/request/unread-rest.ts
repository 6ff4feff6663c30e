import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TimerWheel } from 'guichet/kernel';
import { SilenceTimer } from 'guichet/upstream';

/** Milliseconds for which a client that was answered early may go on sending before its connection is closed. */
const LINGER_MS = 5_000;

/**
 * Reads what a client still sends after its answer is out, and throws it away: closing at once would take the answer from it,
 * leaving it unread would leave the connection without a next request.
 */
export function readRest(request: IncomingMessage, response: ServerResponse, wheel: TimerWheel): void {
  if (request.complete || request.destroyed) return;
  const discard = (): void => {
    if (request.complete || request.destroyed) return;
    const timer = new SilenceTimer(wheel, LINGER_MS, () => request.socket.destroy());
    const end = (): void => timer.end();
    request.once('end', end).once('close', end).resume();
  };
  if (response.writableFinished) discard();
  else response.once('finish', discard);
}
