import type { UpstreamConfig } from './upstream-options.js';

/** The options of one upstream as they are now. Layers read them here for every call and keep no copy, so that they can be changed live. */
export class UpstreamSettings {
  private readonly listeners: ((config: UpstreamConfig) => void)[] = [];

  constructor(private current: UpstreamConfig) {}

  get config(): UpstreamConfig {
    return this.current;
  }

  /** For what is built from options: told of every change, once the new options hold. */
  onChange(listener: (config: UpstreamConfig) => void): void {
    this.listeners.push(listener);
  }

  /** Lets other options hold from the next call on. */
  change(config: UpstreamConfig): void {
    this.current = config;
    for (const listener of this.listeners) listener(config);
  }
}
