import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Instance } from 'guichet/discovery';

/** One request as a {@link RawServer} got it. */
export interface RawRequest {
  readonly socket: Socket;
  /** Its head, as it stood on the wire. */
  readonly head: string;
  /** 1 for the first of the server, and so on. */
  readonly number: number;
  /** @returns a header's value */
  header(name: string): string | undefined;
}

/** A server of bytes: answers requests without a body with whatever a test says, HTTP or not. */
export class RawServer {
  readonly requests: RawRequest[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(private readonly onRequest: (request: RawRequest) => void) {
    this.server = createServer({ noDelay: true }, socket => this.serve(socket));
  }

  /** How many connections are open now. */
  get openCount(): number {
    return this.sockets.size;
  }

  async start(): Promise<this> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return this;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  /** It as discovery would know it. */
  instance(service: string): Instance {
    const { port } = this.server.address() as AddressInfo;
    return { id: `raw-${port}`, service, host: '127.0.0.1', port, weight: 1, tags: [], meta: {} };
  }

  private serve(socket: Socket): void {
    let text = '';
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    socket.on('error', () => {});
    socket.on('data', bytes => {
      text += bytes.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
        const head = text.slice(0, end);
        text = text.slice(end + 4);
        const header = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1];
        const request = { socket, head, number: this.requests.length + 1, header };
        this.requests.push(request);
        this.onRequest(request);
      }
    });
  }
}

/** @returns an answer with a body of that length */
export function answer(body: string, headers: Readonly<Record<string, string | number>> = {}): string {
  const lines = Object.entries({ 'content-type': 'application/json', 'content-length': body.length, ...headers });
  return `HTTP/1.1 200 OK\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}

/** @returns the head of an answer whose body comes in chunks */
export function chunkedHead(headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ 'content-type': 'application/json', 'transfer-encoding': 'chunked', ...headers });
  return `HTTP/1.1 200 OK\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** Writes the same bytes without end, as fast as they are taken, until the socket closes. */
export function pour(socket: Socket, bytes: Buffer): void {
  const pump = (): void => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on('drain', pump);
  pump();
}
