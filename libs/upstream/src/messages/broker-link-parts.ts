import type { Clock } from 'guichet/kernel';

/** What a link is made with. */
export interface BrokerLinkParts {
  /** Of the broker, `host:port`: for messages. */
  readonly address: string;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Milliseconds a try to connect may take. */
  readonly connectTimeoutMs: number;
  /** Exchanges at once; those beyond fail as `bulkhead-full`. */
  readonly maxPending: number;
  /** Told once when the broker cannot be reached, and once when it is back. */
  readonly warn: (message: string) => void;
}
