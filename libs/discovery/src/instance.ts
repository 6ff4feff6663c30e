/** One process of a service, as discovery knows it. Immutable; equal content means the same object across snapshots. */
export interface Instance {
  /** Unique within the service: Consul's service id, or `host:port` of the file. */
  readonly id: string;
  /** The service's name, as in `@Upstream`. */
  readonly service: string;
  /** A host name, an IPv4 or an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Its share of traffic relative to the others, an integer from 1. */
  readonly weight: number;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
}

/** What is known of a service at one moment. Immutable. */
export interface Snapshot {
  readonly service: string;
  /** The instances that may be called; empty when the service has none. */
  readonly instances: readonly Instance[];
  /** `fresh`: as the source says now. `last-known-good`: the source cannot be asked, this is what it said last. */
  readonly state: 'fresh' | 'last-known-good';
  /** When the source last confirmed it: milliseconds on the kernel's clock. */
  readonly confirmedAt: number;
  /** Consul's index at that moment; absent where the source has none. */
  readonly index?: string;
}
