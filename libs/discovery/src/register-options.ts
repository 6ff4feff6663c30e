import type { Clock } from 'guichet/kernel';
import type { ConsulOptionsInput } from './consul.options.js';
import type { DiscoveryLog } from './log.js';

/** A process that wants to be found. */
export interface RegisterOptions {
  /** The service's name, as in `@Upstream`. */
  readonly name: string;
  /** Where it listens; when that is every interface, the machine's own address is registered. */
  readonly host: string;
  readonly port: number;
  /** Unique among the agent's services; by default name, host and port, so that a restart takes its own place. */
  readonly id?: string;
  readonly tags?: readonly string[];
  readonly meta?: Readonly<Record<string, string>>;
  /** Its share of traffic relative to the others, 1 (the default) to 100. */
  readonly weight?: number;
  /** How it says that it is well: over HTTP at `checkPath`, which is the default, or by `grpc.health.v1` without TLS. */
  readonly check?: 'http' | 'grpc';
  /** Answers 2xx while the process is well; `/health/live` by default. */
  readonly checkPath?: string;
  /** How to reach Consul; by default as Consul's environment variables say. */
  readonly consul?: ConsulOptionsInput;
  readonly clock?: Clock;
  readonly log?: DiscoveryLog;
}
