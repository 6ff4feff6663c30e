import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { markUpgrade } from './upgrade.js';

type Socket = IncomingMessage['socket'];

/**
 * Takes a server's upgrades. One to a WebSocket that some route may take passes the same rooms as every request: it is given an answer
 * to write to, and goes the way of a GET. Everything else is a request whose wish for another protocol is not heeded, as HTTP allows: it is
 * put back on its connection without the wish, and read anew.
 * @param isWanted  whether a route takes upgrades at a path
 */
export function takeUpgrades(server: Server, isWanted: (path: string) => boolean): void {
  server.on('upgrade', (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
    const socket = duplex as Socket;
    if (request.method === 'GET' && isWebSocket(request) && isWanted(request.url!.split('?', 1)[0]!))
      enter(server, request, socket, head);
    else readAnew(server, request, socket, head);
  });
}

function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

function enter(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const response = new ServerResponse(request);
  // Nothing but the answer can follow: what the client sent behind its request was meant for the other protocol.
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => {
    response.detachSocket(socket);
    socket.destroySoon();
  });
  // An error is followed by the close.
  socket.on('error', () => {});
  markUpgrade(request, { socket, head });
  server.emit('request', request, response);
}

function readAnew(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  const { rawHeaders } = request;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    if (name === 'upgrade') continue;
    const value = name === 'connection' ? withoutUpgrade(rawHeaders[i + 1]!) : rawHeaders[i + 1]!;
    if (value !== '') lines.push(`${rawHeaders[i]}: ${value}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

function withoutUpgrade(connection: string): string {
  return connection
    .split(',')
    .map(option => option.trim())
    .filter(option => option.toLowerCase() !== 'upgrade')
    .join(', ');
}
