import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Instance } from 'guichet/discovery';
import { natsMessage, NatsReader, type PublishedMessage } from './nats-wire.js';

/** One request as a fake NATS upstream received it. */
export interface ReceivedNatsRequest {
  readonly subject: string;
  /** The first value of each, by name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed; undefined where it held nothing. */
  readonly data: unknown;
}

/**
 * What a request is answered with: any value, sent as JSON; or {@link natsReply}. A promise that never resolves is a service
 * that hangs.
 */
export type NatsHandler = (request: ReceivedNatsRequest) => unknown;

/** A reply that is not simply a value. */
export class NatsReply {
  constructor(
    readonly text: string,
    readonly headers: Readonly<Record<string, string>>,
  ) {}
}

/** @returns the reply that is exactly this text, with these headers: `natsReply('{"left":')` */
export function natsReply(text: string, headers: Readonly<Record<string, string>> = {}): NatsReply {
  return new NatsReply(text, headers);
}

/** @returns the reply that is an error, as NATS' services tell it: `natsError(404)` */
export function natsError(status: number, explanation?: unknown): NatsReply {
  const headers = { 'Nats-Service-Error': 'as the test says', 'Nats-Service-Error-Code': String(status) };
  return new NatsReply(explanation === undefined ? '' : JSON.stringify(explanation), headers);
}

/** A small server that speaks NATS, and is broker and service in one, on a free loopback port. */
export class FakeNatsUpstream {
  /** Every request so far, in order of arrival. */
  readonly requests: ReceivedNatsRequest[] = [];
  private readonly handlers = new Map<string, NatsHandler>();
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private boundPort = 0;

  constructor() {
    this.server = createServer(socket => this.serve(socket));
  }

  /** The port it listens on, or did. */
  get port(): number {
    return this.boundPort;
  }

  /** Begins to listen; on a free port unless one is given. */
  async listen(port = 0): Promise<this> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    this.boundPort = (this.server.address() as AddressInfo).port;
    return this;
  }

  /** Sets what a subject is answered with from now on; `*` is any token. Where nothing is set nobody listens. */
  on(subject: string, handler: NatsHandler): this {
    this.handlers.set(subject, handler);
    return this;
  }

  /** It as discovery would know it. */
  instance(service: string, values: Partial<Instance> = {}): Instance {
    const { port } = this;
    return { id: `${service}-${port}`, service, host: '127.0.0.1', port, weight: 1, tags: [], meta: {}, ...values };
  }

  /** Stops at once, connections included. Safe to call twice; it can listen again. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private serve(socket: Socket): void {
    const subscriptions = new Map<string, string>();
    const reader = new NatsReader();
    this.sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.sockets.delete(socket));
    socket.write(`INFO {"server_id":"fake","version":"2.9.0","proto":1,"headers":true,"max_payload":1048576}\r\n`);
    socket.on('data', chunk => {
      for (const command of reader.read(chunk)) {
        if (command.kind === 'ping') socket.write('PONG\r\n');
        else if (command.kind === 'subscribe') subscriptions.set(command.sid, command.subject);
        else if (command.kind === 'publish') void this.answer(command.message, subscriptions, socket);
      }
    });
  }

  private async answer(
    { subject, reply, headers, data }: PublishedMessage,
    subscriptions: ReadonlyMap<string, string>,
    socket: Socket,
  ): Promise<void> {
    if (reply === undefined) return;
    const [sid] = [...subscriptions].find(([, pattern]) => fits(pattern, reply)) ?? [];
    if (sid === undefined) return;
    const handler = [...this.handlers].find(([pattern]) => fits(pattern, subject))?.[1];
    const request: ReceivedNatsRequest = {
      subject,
      headers,
      data: data.length === 0 ? undefined : (JSON.parse(data.toString()) as unknown),
    };
    this.requests.push(request);
    const given = handler === undefined ? undefined : await settled(handler, request);
    if (socket.destroyed) return;
    if (handler === undefined) socket.write(natsMessage(reply, sid, '', {}, '503'));
    else if (given instanceof NatsReply) socket.write(natsMessage(reply, sid, given.text, given.headers));
    else socket.write(natsMessage(reply, sid, given === undefined ? '' : JSON.stringify(given)));
  }
}

/**
 * Starts a fake NATS upstream.
 * ```ts
 * const inventory = await fakeNatsUpstream({ 'shop.inventory.stock.*': ({ subject }) => ({ left: 3 }) });
 * const harness = await pageHarness(FilmPage, { upstreams: { … }, servers: { inventory } });
 * ```
 * @param handlers  by subject; `*` is any token
 */
export function fakeNatsUpstream(handlers: Readonly<Record<string, NatsHandler>>): Promise<FakeNatsUpstream> {
  const fake = new FakeNatsUpstream();
  for (const [subject, handler] of Object.entries(handlers)) fake.on(subject, handler);
  return fake.listen();
}

async function settled(handler: NatsHandler, request: ReceivedNatsRequest): Promise<unknown> {
  try {
    return await handler(request);
  } catch {
    return natsError(500);
  }
}

function fits(pattern: string, subject: string): boolean {
  const [expected, found] = [pattern.split('.'), subject.split('.')];
  return expected.length === found.length && expected.every((token, index) => token === '*' || token === found[index]);
}
