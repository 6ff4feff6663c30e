import type { IncomingMessage, Server, ServerResponse } from 'node:http';

const EXPECTING = Symbol('guichet.expecting');

type Expecting = IncomingMessage & { [EXPECTING]?: boolean };

/**
 * Takes over `Expect: 100-continue` from Node, which says yes before anybody has looked at the request. A client that hears no
 * does not know whether its body is still read: its connection ends with the answer.
 */
export function deferContinue(server: Server): void {
  server.on('checkContinue', (request: Expecting, response: ServerResponse) => {
    request[EXPECTING] = response.shouldKeepAlive;
    response.shouldKeepAlive = false;
    server.emit('request', request, response);
  });
}

/** Tells a client that waits for it to send its body. */
export function sayContinue(request: Expecting, response: ServerResponse): void {
  const keepsAlive = request[EXPECTING];
  if (keepsAlive === undefined || response.headersSent) return;
  delete request[EXPECTING];
  response.shouldKeepAlive = keepsAlive;
  response.writeContinue();
}
