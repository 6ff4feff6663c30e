import type { Socket } from 'node:net';
import type { ChannelCredentials, ChannelInterface, ChannelOptions } from '@grpc/grpc-js';
import type { Clock } from 'guichet/kernel';
import type { GrpcPackages } from './load-grpc.js';

/** Something under way over a link. */
export interface GrpcUse {
  /** The link was closed under it. */
  lost(): void;
}

/** What gRPC calls one that is made by a channel. */
export type GrpcCall = ReturnType<ChannelInterface['createCall']>;

/** What the links of an instance share. */
export interface GrpcLinkParts {
  readonly target: string;
  readonly credentials: ChannelCredentials;
  readonly options: ChannelOptions;
  readonly grpc: GrpcPackages['grpc'];
  /** Milliseconds from a socket's connection to the end of gRPC's handshake. */
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
}

/**
 * One channel of grpc-js, which connects at once and again by itself, and the sockets it made: grpc-js bounds neither how long an instance may take
 * for the handshake nor, once a channel is closed, how long its sockets live.
 */
export class GrpcLink {
  /** The instant it was made, milliseconds. */
  readonly since: number;
  private readonly channel: ChannelInterface;
  private readonly sockets = new Set<Socket>();
  private readonly uses = new Set<GrpcUse>();
  private isClosed = false;
  private whenIdle: (() => void) | undefined = undefined;

  constructor(private readonly parts: GrpcLinkParts) {
    const { grpc, target, options, clock } = parts;
    this.since = clock.now();
    this.channel = new grpc.Channel(target, this.watched(parts.credentials), options);
    // A first call would pay for the connection out of its own time, ten times what a call takes.
    this.channel.getConnectivityState(true);
  }

  /** @param deadline  milliseconds since 1970 */
  call(path: string, deadline: number, use: GrpcUse): GrpcCall {
    this.uses.add(use);
    return this.channel.createCall(path, deadline, null, null, null);
  }

  /** A call made here is over. */
  done(use: GrpcUse): void {
    this.uses.delete(use);
    if (this.uses.size === 0) this.whenIdle?.();
  }

  /** Whether a call went out over a connection, by what grpc-js says of its peer: the target itself as long as it has none. */
  isPeer(peer: string): boolean {
    return peer !== 'unknown' && peer !== this.channel.getTarget();
  }

  /** Lets calls under way finish, then closes. */
  async close(): Promise<void> {
    if (this.uses.size > 0) await new Promise<void>(resolve => (this.whenIdle = resolve));
    this.end();
  }

  /** Closes; calls under way fail. */
  destroy(): void {
    for (const use of this.uses) use.lost();
    this.uses.clear();
    this.end();
    this.whenIdle?.();
  }

  private end(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.channel.close();
    // After the channel's own goodbye to the server, which is written at once.
    setImmediate(() => {
      for (const socket of this.sockets) socket.destroy();
    });
  }

  private watched(credentials: ChannelCredentials): ChannelCredentials {
    const made: ChannelCredentials['_createSecureConnector'] = (...given) => {
      const connector = credentials._createSecureConnector(...given);
      return {
        connect: socket => {
          this.connected(socket);
          return connector.connect(socket);
        },
        waitForReady: () => connector.waitForReady(),
        getCallCredentials: () => connector.getCallCredentials(),
        destroy: () => connector.destroy(),
      };
    };
    return Object.create(credentials, { _createSecureConnector: { value: made } }) as ChannelCredentials;
  }

  private connected(socket: Socket): void {
    if (this.isClosed) {
      socket.destroy();
      return;
    }
    const { clock, connectTimeoutMs, grpc } = this.parts;
    const patience = clock.setTimer(() => {
      if (this.channel.getConnectivityState(false) !== grpc.connectivityState.READY) socket.destroy();
    }, connectTimeoutMs);
    this.sockets.add(socket);
    socket.once('close', () => {
      patience.clear();
      this.sockets.delete(socket);
    });
  }
}
