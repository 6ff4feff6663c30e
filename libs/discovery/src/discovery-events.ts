import type { Snapshot } from './instance.js';

/**
 * Told of what the Consul source learns and of what goes wrong, for metrics. A port and its injection token; where none is
 * provided it costs nothing. Its methods must be quick and never throw. They do nothing unless overridden.
 *
 * How old a service's snapshot is and at which index Consul answered it, `InstanceSource.snapshot(service)` says at any
 * time: `clock.now() - confirmedAt` and `index`.
 */
export abstract class DiscoveryEvents {
  /** A service's instances or their state changed. */
  updated(_snapshot: Snapshot): void {}

  /**
   * All instances of a service vanished in one step: that is not believed yet.
   * @param kept   how many stay in use
   * @param forMs  milliseconds that they are kept
   */
  emptied(_service: string, _kept: number, _forMs: number): void {}

  /**
   * The source could not be asked, or its answer could not be read; what was known stays in use.
   * @param reason  words that are safe to log, too many to be a label
   */
  queryFailed(_service: string, _reason: string): void {}
}

/** For whoever does not listen. */
export const silentEvents: DiscoveryEvents = new (class extends DiscoveryEvents {})();
