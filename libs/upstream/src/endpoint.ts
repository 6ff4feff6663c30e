import type { Instance } from 'guichet/discovery';
import type { Connections } from './transports/connections.js';

/** One instance as this process calls it: its connections, and what is going on there. */
export class Endpoint {
  /** Attempts that picked it and have not come back: what the balancer compares. */
  outstanding = 0;
  /**
   * Attempts handed to the pool that the pool has not given back. More than `outstanding` when attempts ended while
   * they waited for a connection: the pool drops those only when their turn comes.
   */
  queued = 0;
  /** `host:port`, for logs and metrics. */
  readonly address: string;

  constructor(
    public instance: Instance,
    readonly pool: Connections,
  ) {
    this.address = addressOf(instance);
  }

  /** Its share of traffic, as discovery says it at the moment. */
  get weight(): number {
    return this.instance.weight;
  }
}

/** @returns `host:port`, an IPv6 host in brackets */
export function addressOf({ host, port }: Pick<Instance, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
