import { createSecureContext } from 'node:tls';
import type { ChannelCredentials, ChannelOptions } from '@grpc/grpc-js';
import type { Instance } from 'guichet/discovery';
import type { Clock } from 'guichet/kernel';
import { addressOf } from '../endpoint.js';
import type { Connections } from '../transports/connections.js';
import type { TlsMaterial } from '../transports/tls-material.js';
import type { UpstreamConfig } from '../upstream-options.js';
import { GrpcLink, type GrpcLinkParts } from './grpc-link.js';
import type { GrpcPackages } from './load-grpc.js';

/** Attempts in a row that heard nothing before the connection is taken for dead. */
const UNANSWERED_MAX = 3;
/** Milliseconds between two tries to connect, at first and at most: an instance that is back is in use within 2 s. */
const RECONNECT_MS = 100;
const RECONNECT_MAX_MS = 1_000;

/** What the channels of an upstream's instances share. */
export interface GrpcChannelParts {
  readonly config: UpstreamConfig;
  /** Of the upstream; used for instances that are called by TLS. */
  readonly tls: TlsMaterial;
  readonly packages: GrpcPackages;
  readonly clock: Clock;
}

/**
 * The connection to one instance by gRPC: all calls go over one, beside each other. Which instance a call goes to, and whether it is
 * tried again, is the layers' matter: grpc-js' own balancing, retries and service configuration are off. A connection over which
 * several attempts in a row heard nothing is replaced, since one that is dead would tell of it much later.
 */
export class GrpcChannel implements Connections {
  private readonly linkParts: GrpcLinkParts;
  private readonly closing = new Set<GrpcLink>();
  private current: GrpcLink;
  private unanswered = 0;

  constructor(
    { host, port, meta }: Instance,
    private readonly parts: GrpcChannelParts,
  ) {
    const { config, tls, packages, clock } = parts;
    const { scheme = meta['scheme'] === 'https' ? 'https' : 'http' } = config;
    const isSecure = scheme === 'https';
    this.linkParts = {
      target: targetOf(host, port),
      credentials: isSecure ? secureBy(packages, tls) : packages.grpc.credentials.createInsecure(),
      options: channelOptions(config, isSecure ? tls.servername : undefined),
      grpc: packages.grpc,
      connectTimeoutMs: config.connectTimeoutMs,
      clock,
    };
    this.current = new GrpcLink(this.linkParts);
  }

  /** What calls go over now. */
  get link(): GrpcLink {
    return this.current;
  }

  /** An attempt over a link heard of the instance. */
  heard(): void {
    this.unanswered = 0;
  }

  /** An attempt ended without having heard anything in its time. */
  unheard(link: GrpcLink): void {
    if (link !== this.current || ++this.unanswered < UNANSWERED_MAX) return;
    // Not one that has just been made: an instance that is merely slow must not have them pile up.
    if (this.parts.clock.now() - link.since < this.parts.config.connectTimeoutMs) return;
    this.unanswered = 0;
    this.current = new GrpcLink(this.linkParts);
    this.retire(link);
  }

  async close(): Promise<void> {
    this.retire(this.current);
    await Promise.all([...this.closing].map(link => link.close()));
  }

  async destroy(): Promise<void> {
    for (const link of [this.current, ...this.closing]) link.destroy();
  }

  private retire(link: GrpcLink): void {
    this.closing.add(link);
    void link.close().then(() => this.closing.delete(link));
  }
}

/** @returns how grpc-js is told an address; one that is no IP address is looked up */
function targetOf(host: string, port: number): string {
  if (/^[\d.]+$/.test(host)) return `ipv4:${addressOf({ host, port })}`;
  if (host.includes(':')) return `ipv6:${addressOf({ host, port })}`;
  return `dns:///${addressOf({ host, port })}`;
}

function channelOptions(config: UpstreamConfig, servername: string | undefined): ChannelOptions {
  return {
    'grpc.enable_retries': 0,
    'grpc.service_config_disable_resolution': 1,
    // A proxy of the environment must not see what was meant for an instance.
    'grpc.enable_http_proxy': 0,
    'grpc.enable_channelz': 0,
    // Channels with the same address would share connections, also those that were given up.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.initial_reconnect_backoff_ms': RECONNECT_MS,
    'grpc.max_reconnect_backoff_ms': RECONNECT_MAX_MS,
    'grpc.dns_min_time_between_resolutions_ms': RECONNECT_MAX_MS,
    'grpc.max_receive_message_length': config.maxBytes,
    ...(servername !== undefined && {
      'grpc.ssl_target_name_override': servername,
      'grpc.default_authority': servername,
    }),
  };
}

function secureBy({ grpc }: GrpcPackages, tls: TlsMaterial): ChannelCredentials {
  const { ca, cert, key, minVersion, rejectUnauthorized } = tls;
  const context = createSecureContext({
    minVersion,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  });
  return grpc.credentials.createFromSecureContext(context, { rejectUnauthorized });
}
