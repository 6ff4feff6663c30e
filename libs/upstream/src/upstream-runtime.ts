import { Logger } from '@nestjs/common';
import type { Instance, InstanceSource } from 'guichet/discovery';
import type { Clock, TimerHandle, TimerWheel } from 'guichet/kernel';
import type { Subscription } from 'rxjs';
import { createUpstreamHttp } from './axios/create-upstream-http.js';
import type { UpstreamHttpService } from './axios/upstream-http.service.js';
import { Endpoints } from './endpoints.js';
import { CallIdentities } from './identity/call-identities.js';
import type { UpstreamIdentity } from './identity/upstream-identity.js';
import { type Layer, type Step, stack } from './layer.js';
import { compileTemplate, type PathTemplate } from './path-template.js';
import { stackParts, upstreamLayers } from './stack.js';
import { HttpPool } from './transports/http-pool.js';
import { HttpTransport } from './transports/http.transport.js';
import { StreamTransport } from './transports/stream.transport.js';
import { tlsMaterial } from './transports/tls-material.js';
import type { UpstreamEvents } from './upstream-events.js';
import type { UpstreamConfig } from './upstream-options.js';
import { UpstreamSettings } from './upstream-settings.js';

/** Templates are literals of the clients' code; were they not, this bounds what is kept. */
const MAX_TEMPLATES = 1_000;
/** Milliseconds that calls still under way get when the app ends; the drain before it is the real chance. */
const CLOSE_MS = 500;

/** What all upstreams of an app share. */
export interface RuntimeParts {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly events: UpstreamEvents | undefined;
  /** Whether calls are written down in the sections that make them. */
  readonly isTraced: boolean;
  readonly identity: UpstreamIdentity | undefined;
  /** Whether every value that could be shared is frozen, not just those that were: finds code that changes them. */
  readonly freezesAll: boolean;
}

/** One upstream as it runs: its instances, its stack, its connections. */
export class UpstreamRuntime {
  readonly endpoints: Endpoints;
  /** Its options, which may change while it runs. */
  readonly settings: UpstreamSettings;
  /** The whole stack: where a call goes in. */
  readonly step: Step;
  /** As whom its calls are made. */
  readonly identities: CallIdentities;
  /** The axios way into the same stack. */
  readonly http: UpstreamHttpService;
  private readonly layers: readonly Layer[];
  private readonly templates = new Map<string, PathTemplate>();
  private streamStep: Step | undefined = undefined;
  private watching: Subscription | undefined = undefined;
  private hasSnapshot = false;

  constructor(
    readonly name: string,
    config: UpstreamConfig,
    private readonly parts: RuntimeParts,
  ) {
    const logger = new Logger(`Upstream ${name}`);
    const pools = {
      config,
      tls: tlsMaterial(name, config),
      clock: parts.clock,
      wheel: parts.wheel,
      onDistrust: (instance: Instance) =>
        logger.warn(
          `instance ${instance.id} sent what nobody asked for: for ten minutes each call to it has a connection of its own`,
        ),
    };
    this.endpoints = new Endpoints(
      instance => new HttpPool(instance, pools),
      (instance, error) =>
        logger.warn(`instance ${instance.id} is left out, its address cannot be used: ${String(error)}`),
    );
    this.identities = new CallIdentities(name, config, parts.identity);
    this.settings = new UpstreamSettings(config);
    this.layers = upstreamLayers(stackParts(name, parts, this.settings, this.endpoints));
    this.step = this.through(new HttpTransport(this.settings, parts.clock, parts.wheel));
    this.http = createUpstreamHttp(this);
  }

  /** Its options as they are now. */
  get config(): UpstreamConfig {
    return this.settings.config;
  }

  /** @returns a way in that goes through the same layers, with the same state, to another transport; made once, at boot */
  through(transport: Step): Step {
    return stack(this.layers, transport);
  }

  /** Where an exchange goes in that is handed through: requests are {@link StreamRequest}s. */
  get streams(): Step {
    return (this.streamStep ??= this.through(new StreamTransport(this.parts.clock, this.parts.wheel)));
  }

  /** Whether the upstream's first snapshot was seen, be it empty or a last-known-good one. */
  get isReady(): boolean {
    return this.hasSnapshot;
  }

  /** Begins to follow the upstream's instances. */
  watch(source: InstanceSource): void {
    this.watching ??= source.watch(this.name).subscribe(snapshot => {
      this.endpoints.update(snapshot);
      this.hasSnapshot = true;
    });
  }

  /** @returns a path template, compiled once */
  template(text: string): PathTemplate {
    const known = this.templates.get(text);
    if (known) return known;
    const template = compileTemplate(text);
    if (this.templates.size < MAX_TEMPLATES) this.templates.set(text, template);
    return template;
  }

  /** Stops following the instances and closes every connection: calls under way get half a second. */
  async close(): Promise<void> {
    this.watching?.unsubscribe();
    let timer: TimerHandle | undefined;
    const patience = new Promise<void>(resolve => (timer = this.parts.clock.setTimer(resolve, CLOSE_MS)));
    await Promise.race([this.endpoints.close(), patience]);
    timer?.clear();
    await this.endpoints.destroy();
  }
}
