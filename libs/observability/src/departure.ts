import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { RequestContext } from 'guichet/kernel';

/** A request whose answer is not out yet. */
export interface InFlight {
  readonly context: RequestContext;
  readonly response: ServerResponse;
}

const IN_FLIGHT = Symbol('guichet.inFlight');

type WatchedSocket = Socket & { [IN_FLIGHT]?: InFlight[] };

/**
 * Tells a request's context when the client goes away before it has its answer. One `close` listener a socket, not a
 * request; a pipelining client has several requests in flight on one, which end in order.
 */
export function watchDeparture(context: RequestContext, socket: WatchedSocket, response: ServerResponse): void {
  let inFlight = socket[IN_FLIGHT];
  if (inFlight === undefined) {
    inFlight = socket[IN_FLIGHT] = [];
    socket.once('close', departAll);
  }
  while (inFlight.length > 0 && inFlight[0]!.response.writableFinished) inFlight.shift();
  inFlight.push({ context, response });
}

/** @returns whether a request that came on this socket still waits for its answer, or for the rest of it */
export function isAnswering(socket: WatchedSocket): boolean {
  return socket[IN_FLIGHT]?.some(({ response }) => !response.writableFinished) ?? false;
}

/** @returns whether the request that arrives on this socket has time limits of its own */
export function hasOwnTimeouts(socket: WatchedSocket): boolean {
  return socket[IN_FLIGHT]?.at(-1)?.context.hasOwnTimeouts ?? false;
}

/** @returns the requests that came on this socket and wait for their answers, or for the rest of them, in the order of the answers */
export function unanswered(socket: WatchedSocket): readonly InFlight[] {
  return socket[IN_FLIGHT]?.filter(({ response }) => !response.writableFinished) ?? [];
}

function departAll(this: WatchedSocket): void {
  for (const { context, response } of this[IN_FLIGHT] ?? []) if (!response.writableFinished) context.depart();
  this[IN_FLIGHT] = [];
}
