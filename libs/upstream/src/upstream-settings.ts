import type { LiveValue, RequestContext } from 'guichet/kernel';
import type { UpstreamConfig } from './upstream-options.js';

/**
 * The options of one upstream as they are now. Layers read them here for every call and keep no copy, so that they can be changed
 * live. What is one call's own is read by the request it is made for: {@link of}.
 */
export class UpstreamSettings {
  private readonly listeners: ((config: UpstreamConfig) => void)[] = [];

  /** @param live  its place among what requests take along; undefined: its options do not change */
  constructor(
    private now: UpstreamConfig,
    readonly live: LiveValue<UpstreamConfig> | undefined = undefined,
  ) {}

  get config(): UpstreamConfig {
    return this.now;
  }

  /** @returns the options that held when a request arrived */
  of(request: RequestContext): UpstreamConfig {
    return this.live === undefined ? this.now : this.live.of(request);
  }

  /** For what is built from options: told of every change, once the new options hold. */
  onChange(listener: (config: UpstreamConfig) => void): void {
    this.listeners.push(listener);
  }

  /** Lets other options hold from the next call on. */
  change(config: UpstreamConfig): void {
    this.now = config;
    for (const listener of this.listeners) listener(config);
  }
}
