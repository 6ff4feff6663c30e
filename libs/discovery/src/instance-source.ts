import type { Observable } from 'rxjs';
import type { Snapshot } from './instance.js';

/**
 * Where the instances of services come from. A port: `ConsulSource` and `StaticSource` implement it, one contract spec
 * holds for both. Also the injection token.
 */
export abstract class InstanceSource {
  /**
   * Watches a service. Hot and shared: however many subscribe, the source is asked once; a snapshot that is known is
   * emitted at once, then every change of content or state. Never errors and completes only when the source is closed;
   * what goes wrong shows as `state: 'last-known-good'` and in the log.
   * @param service  the service's name; one that nobody has registered yet is fine
   */
  abstract watch(service: string): Observable<Snapshot>;

  /** @returns the latest snapshot of a watched service, or undefined before the first */
  abstract snapshot(service: string): Snapshot | undefined;

  /** @returns why the source cannot be asked for a watched service now, in words that are safe to show; undefined where it can */
  trouble(_service: string): string | undefined {
    return undefined;
  }

  /** Stops watching and frees what is held. Safe to call twice. */
  abstract close(): Promise<void>;
}
