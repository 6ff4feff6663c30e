import { randomUUID } from 'node:crypto';
import type {
  Authenticator,
  ConnectionOptions,
  Msg,
  MsgHdrs,
  NatsConnection,
  TlsOptions,
} from '@nats-io/transport-node';
import type { Instance } from 'guichet/discovery';
import type { TimerHandle } from 'guichet/kernel';
import { addressOf } from '../endpoint.js';
import { pushContextHeaders } from '../transports/context-headers.js';
import type { TlsMaterial } from '../transports/tls-material.js';
import { BrokerLink } from './broker-link.js';
import type { BrokerLinkParts } from './broker-link-parts.js';
import type { NatsPackage } from './load-nats.js';
import type { MessageExchange } from './message-exchange.js';
import { natsGreeting } from './nats-greeting.js';
import { isNobodyThere, natsReply } from './nats-reply.js';
import type { NatsCredentials, NatsServiceOptions } from './nats-service.js';

/** Milliseconds between two pings, and how many may go unanswered: a connection that is dead is known in 3 s. */
const PING_MS = 1_000;
const MAX_UNANSWERED = 2;
/** NATS' own pings are dearer to get rid of when they go unanswered: never. */
const NEVER_MS = 2 ** 31 - 1;

/** What the links to an upstream's brokers share. */
export interface NatsLinkParts extends Omit<BrokerLinkParts, 'address'> {
  readonly service: NatsServiceOptions;
  readonly tls: TlsMaterial;
  readonly isSecure: boolean;
  readonly packages: () => NatsPackage;
}

/** A connection as it is used. */
interface NatsWire {
  readonly connection: NatsConnection;
  /** What subjects of replies begin with. */
  readonly inbox: string;
  ping: TimerHandle | undefined;
  unanswered: number;
}

/**
 * The connection to one NATS server: requests go beside each other, all replies come by one subscription. A reply is known by a
 * subject that nobody can guess. NATS' own reconnecting and roaming between servers are off: which server a call goes to is the layers' matter.
 */
export class NatsLink extends BrokerLink<NatsWire> {
  private readonly pending = new Map<string, MessageExchange>();

  constructor(
    private readonly instance: Instance,
    private readonly own: NatsLinkParts,
  ) {
    super({ ...own, address: addressOf(instance) });
  }

  protected override async dial(signal: AbortSignal): Promise<NatsWire> {
    const { host, port } = this.instance;
    const nats = this.own.packages();
    await natsGreeting(host, port, signal);
    const connection = await nats.connect(this.options(nats));
    const inbox = `${nats.createInbox(this.own.service.inboxPrefix)}.`;
    const wire: NatsWire = { connection, inbox, ping: undefined, unanswered: 0 };
    connection.subscribe(`${inbox}*`, { callback: (_error, message) => this.heard(inbox, message) });
    void connection.closed().then(() => this.lost(wire));
    this.listen(connection).catch(() => {});
    this.watch(wire);
    return wire;
  }

  protected override send({ connection, inbox }: NatsWire, exchange: MessageExchange): () => void {
    const { target, body, contentType } = exchange.attempt.request;
    const token = randomUUID();
    const message = { reply: inbox + token, headers: this.headers(exchange, body && contentType) };
    // Asked here, since NATS tells it by words alone.
    if (body !== undefined && Buffer.byteLength(body) > (connection.info?.max_payload ?? Infinity)) {
      exchange.fail('upstream-status', 'is larger than the broker takes', { status: 413 });
      return () => {};
    }
    connection.publish(target, body, message);
    this.pending.set(token, exchange);
    return () => this.pending.delete(token);
  }

  protected override hangUp({ connection, ping }: NatsWire): Promise<void> {
    ping?.clear();
    return connection.close();
  }

  private heard(inbox: string, message: Msg): void {
    const exchange = this.pending.get(message.subject.slice(inbox.length));
    if (exchange === undefined) return;
    try {
      if (isNobodyThere(message)) exchange.fail('upstream-refused', 'found nobody who listens');
      else exchange.replied(natsReply(message, () => this.parts.clock.epochMs()));
    } catch {
      exchange.fail('upstream-malformed', 'was answered with headers that cannot be read');
    }
  }

  /** Hears of what the broker does not let through: there will be no reply. */
  private async listen(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type !== 'error') continue;
      const { operation, subject } = status.error as { operation?: unknown; subject?: unknown };
      if (operation !== 'publish') continue;
      for (const exchange of this.pending.values()) {
        if (exchange.attempt.request.target !== subject) continue;
        exchange.fail('upstream-status', 'is not allowed by the broker', { status: 403 });
      }
    }
  }

  /** NATS' own way to find a dead connection waits for a goodbye to be written over it. */
  private watch(wire: NatsWire): void {
    wire.ping = this.parts.clock.setTimer(() => {
      if (wire.connection.isClosed() || wire.unanswered >= MAX_UNANSWERED) {
        this.lost(wire);
        return;
      }
      wire.unanswered++;
      wire.connection.flush().then(
        () => (wire.unanswered = 0),
        () => {},
      );
      this.watch(wire);
    }, PING_MS);
  }

  private headers(exchange: MessageExchange, contentType: string | undefined | Buffer): MsgHdrs {
    const list: string[] = [];
    if (typeof contentType === 'string') list.push('content-type', contentType);
    pushContextHeaders(list, exchange.attempt);
    const headers = this.own.packages().headers();
    for (let i = 0; i < list.length; i += 2) headers.append(list[i]!, list[i + 1]!);
    return headers;
  }

  private options(nats: NatsPackage): ConnectionOptions {
    const { service, tls, isSecure, connectTimeoutMs } = this.own;
    const credentials = service.credentials?.();
    return {
      servers: this.parts.address,
      name: 'guichet',
      timeout: connectTimeoutMs,
      reconnect: false,
      ignoreClusterUpdates: true,
      noAsyncTraces: true,
      pingInterval: NEVER_MS,
      // Null: an instance that is not declared to be secure is not made so by what it offers.
      tls: isSecure ? (tls as TlsOptions) : null,
      ...(service.inboxPrefix !== undefined && { inboxPrefix: service.inboxPrefix }),
      ...(credentials !== undefined && { authenticator: authenticatorOf(nats, credentials) }),
    };
  }
}

function authenticatorOf(nats: NatsPackage, credentials: NatsCredentials): Authenticator {
  const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
  if ('token' in credentials) return nats.tokenAuthenticator(credentials.token);
  if ('seed' in credentials) return nats.nkeyAuthenticator(bytes(credentials.seed));
  if ('creds' in credentials) return nats.credsAuthenticator(bytes(credentials.creds));
  return nats.usernamePasswordAuthenticator(credentials.user, credentials.pass);
}
