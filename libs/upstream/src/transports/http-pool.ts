import type { Instance } from 'guichet/discovery';
import type { Clock, TimerHandle, TimerWheel } from 'guichet/kernel';
import { type Client, type Dispatcher, Pool } from 'undici';
import { addressOf } from '../endpoint.js';
import type { UpstreamConfig } from '../upstream-options.js';
import type { HttpConnections } from './connections.js';
import { RestingClient } from './resting-client.js';
import type { TlsMaterial } from './tls-material.js';

/** Milliseconds for which an instance that answered unasked gets a new connection for every call. */
const DISTRUST_MS = 600_000;

/** What the connections of an upstream's instances share. */
export interface PoolParts {
  readonly config: UpstreamConfig;
  /** Of the upstream; used for instances that are called by https. */
  readonly tls: TlsMaterial;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  /** Told of an instance that sent what nobody asked for. */
  readonly onDistrust: (instance: Instance) => void;
}

/**
 * The connections to one instance; none is opened before the first call. An instance that sent an answer too many, or what is
 * no HTTP, gets a new connection for every call, for ten minutes.
 * @see docs/decisions/0004-undici-dispatch-per-instance.md
 * @see docs/decisions/0017-answers-nobody-asked-for.md
 */
export class HttpPool implements HttpConnections {
  private readonly address: URL;
  private readonly closing = new Set<Pool>();
  private pool: Pool;
  /** For exchanges that are handed through; opened by the first. */
  private streams: Pool | undefined = undefined;
  private distrust: TimerHandle | undefined = undefined;
  private isClosed = false;

  /** @throws TypeError  if the instance's address makes no URL */
  constructor(
    private readonly instance: Instance,
    private readonly parts: PoolParts,
  ) {
    const { scheme = instance.meta['scheme'] === 'https' ? 'https' : 'http' } = parts.config;
    this.address = new URL(`${scheme}://${addressOf(instance)}`);
    this.pool = this.open(parts.config.reusesConnections, parts.config.maxConnections);
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    return this.pool.dispatch(options, handler);
  }

  dispatchStream(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    this.streams ??= this.open(this.parts.config.reusesConnections && !this.distrust, null);
    return this.streams.dispatch(options, handler);
  }

  async close(): Promise<void> {
    this.end();
    await Promise.all(this.all.map(pool => pool.close()));
  }

  async destroy(): Promise<void> {
    this.end();
    await Promise.all(this.all.map(pool => pool.destroy()));
  }

  private get all(): readonly Pool[] {
    return [this.pool, ...(this.streams ? [this.streams] : []), ...this.closing];
  }

  private end(): void {
    this.isClosed = true;
    this.distrust?.clear();
  }

  /** @param connections  at most; null is as many as are asked for */
  private open(reuses: boolean, connections: number | null): Pool {
    const { config, tls, wheel } = this.parts;
    const pool = new Pool(this.address, {
      connections,
      // 0: a connection ends with its first answer.
      pipelining: reuses ? 1 : 0,
      connect: { ...(this.address.protocol === 'https:' && tls), timeout: config.connectTimeoutMs },
      keepAliveTimeout: config.keepAliveMs,
      maxHeaderSize: config.maxHeaderBytes,
      // Ours bound the whole exchange, and to the millisecond; undici's only gaps, and coarsely.
      headersTimeout: 0,
      bodyTimeout: 0,
      factory: (origin, options) =>
        new RestingClient(new URL(origin), options as Client.Options, wheel, reuses ? config.connectionRestMs : 0),
    });
    pool.on('disconnect', (_, __, error) => {
      if (reuses && isUnasked(error)) this.beginDistrust();
    });
    return pool;
  }

  private beginDistrust(): void {
    if (this.isClosed || this.distrust) return;
    this.parts.onDistrust(this.instance);
    this.distrust = this.parts.clock.setTimer(() => {
      this.distrust = undefined;
      this.replace(true);
    }, DISTRUST_MS);
    this.replace(false);
  }

  private replace(reuses: boolean): void {
    this.retire(this.pool);
    this.pool = this.open(reuses, this.parts.config.maxConnections);
    // Opened again, as it then must be, by the next exchange.
    if (this.streams) this.retire(this.streams);
    this.streams = undefined;
  }

  private retire(old: Pool): void {
    this.closing.add(old);
    const closed = (): void => void this.closing.delete(old);
    old.close().then(closed, closed);
  }
}

/** Whether a connection ended because of bytes that are no answer to any request on it. */
function isUnasked(error: Error & { code?: string }): boolean {
  return error.name === 'HTTPParserError' || (error.code === 'UND_ERR_SOCKET' && error.message === 'bad response');
}
