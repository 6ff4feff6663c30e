import type { Instance } from 'guichet/discovery';
import { InstanceHealth, type OutlierDetector, PeakEwma } from 'guichet/resilience';
import type { Connections } from './transports/connections.js';

/** Who judges an endpoint among its like. */
export interface Judged {
  readonly outliers: OutlierDetector<Endpoint>;
}

/** One instance as this process calls it: its connections, what is going on there, and what is thought of it. */
export class Endpoint {
  /** Attempts that picked it and have not come back: what the balancer compares. */
  outstanding = 0;
  /**
   * Attempts handed to the pool that the pool has not given back. More than `outstanding` when attempts ended while
   * they waited for a connection: the pool drops those only when their turn comes.
   */
  queued = 0;
  /** How long it takes to answer. */
  readonly latency = new PeakEwma();
  /** Whether it is called at all. */
  readonly health = new InstanceHealth();
  /** How its attempts ended, and how often it was left out, as long as it is there; where somebody counts. */
  readonly counts = { succeeded: 0, failed: 0, cancelled: 0, ejections: 0 };
  /** `host:port`, for logs and metrics. */
  readonly address: string;

  constructor(
    public instance: Instance,
    readonly pool: Connections,
    /** Whom it belongs to: all of its upstream, or its subset. */
    public group: Judged,
  ) {
    this.address = addressOf(instance);
  }

  /** Its share of traffic, as discovery says it at the moment. */
  get weight(): number {
    return this.instance.weight;
  }

  /**
   * @param now  milliseconds
   * @returns how much of its weight it may use: 0 while ejected, less than 1 while it warms up
   */
  share(now: number): number {
    return this.group.outliers.share(this, now);
  }
}

/** @returns `host:port`, an IPv6 host in brackets */
export function addressOf({ host, port }: Pick<Instance, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
