import { Logger } from '@nestjs/common';
import type { InstanceSource } from 'guichet/discovery';
import type { Clock, LiveSettings, TimerHandle, TimerWheel } from 'guichet/kernel';
import type { Subscription } from 'rxjs';
import { createUpstreamHttp } from './axios/create-upstream-http.js';
import type { UpstreamHttpService } from './axios/upstream-http.service.js';
import type { DeprecatedCalls } from './deprecation/deprecated-calls.js';
import { Endpoints } from './endpoints.js';
import { CallIdentities } from './identity/call-identities.js';
import type { UpstreamIdentity } from './identity/upstream-identity.js';
import { type Layer, type Step, stack } from './layer.js';
import { type Cohorts } from './subsets/cohorts.js';
import { Subsets, weightsOf } from './subsets/subsets.js';
import { compileTemplate, type PathTemplate } from './path-template.js';
import type { Protocol } from './protocol.js';
import { stackParts, upstreamLayers } from './stack.js';
import type { UpstreamMetrics } from './metrics/upstream-metrics.js';
import type { UpstreamEvents } from './upstream-events.js';
import type { UpstreamConfig } from './upstream-options.js';
import { UpstreamSettings } from './upstream-settings.js';
import { UpstreamState } from './upstream-state.js';

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
  /** Counts what their layers do, beside `events`. */
  readonly metrics?: UpstreamMetrics | undefined;
  /** Counts calls that are deprecated; undefined where nobody does. */
  readonly deprecatedCalls?: DeprecatedCalls | undefined;
  /** Whether calls are written down in the sections that make them. */
  readonly isTraced: boolean;
  readonly identity: UpstreamIdentity | undefined;
  /** Who is answered by which subset, where an upstream has any. */
  readonly cohorts?: Cohorts | undefined;
  /** Whether every value that could be shared is frozen, not just those that were: finds code that changes them. */
  readonly freezesAll: boolean;
  /** Where options that may be changed while the app runs have their place; undefined: none is. */
  readonly live?: LiveSettings | undefined;
}

/** One upstream as it runs: its instances, its stack, its connections. */
export class UpstreamRuntime {
  readonly endpoints: Endpoints;
  /** Its options, which may change while it runs. */
  readonly settings: UpstreamSettings;
  /** The whole stack: where a call goes in. */
  readonly step: Step;
  /** Where exchanges go in that are handed through (`StreamRequest`); undefined where the protocol hands nothing through. */
  readonly streams: Step | undefined;
  /** Its subsets of instances, whose weights may change while it runs; undefined where none are declared. */
  readonly subsets: Subsets | undefined;
  /** How it stands, for whoever looks. */
  readonly state: UpstreamState;
  /** As whom its calls are made. */
  readonly identities: CallIdentities;
  private readonly layers: readonly Layer[];
  private axios: UpstreamHttpService | undefined = undefined;
  private readonly templates = new Map<string, PathTemplate>();
  private watching: Subscription | undefined = undefined;
  private hasSnapshot = false;

  constructor(
    readonly name: string,
    config: UpstreamConfig,
    /** What is spoken to its instances. */
    readonly protocol: Protocol,
    private readonly parts: RuntimeParts,
  ) {
    const logger = new Logger(`Upstream ${name}`);
    this.settings = new UpstreamSettings(config, parts.live?.declare(config));
    const { clock, wheel } = parts;
    const warn = (message: string): void => logger.warn(message);
    const opened = protocol.open({ upstream: name, settings: this.settings, clock, wheel, warn });
    this.subsets = subsetsOf(name, this.settings);
    this.endpoints = new Endpoints(
      instance => opened.connect(instance),
      (instance, error) =>
        logger.warn(`instance ${instance.id} is left out, its address cannot be used: ${String(error)}`),
      this.subsets,
    );
    this.identities = new CallIdentities(name, config, parts.identity);
    const shared = stackParts(
      name,
      parts,
      this.settings,
      this.endpoints,
      this.subsets && parts.cohorts && { subsets: this.subsets, cohorts: parts.cohorts },
    );
    this.layers = upstreamLayers(shared);
    this.state = new UpstreamState(shared, this.layers, protocol.name);
    this.step = this.through(opened.transport);
    this.streams = opened.streams && this.through(opened.streams);
  }

  /** Its options as they are now. */
  get config(): UpstreamConfig {
    return this.settings.config;
  }

  /** Counts calls that are deprecated; undefined where nobody does. */
  get deprecatedCalls(): DeprecatedCalls | undefined {
    return this.parts.deprecatedCalls;
  }

  /**
   * The axios way into the same stack.
   * @throws Error  if the upstream does not speak HTTP
   */
  get http(): UpstreamHttpService {
    if (this.protocol.name !== 'http') throw new Error(`"${this.name}" speaks ${this.protocol.name}, axios only HTTP`);
    return (this.axios ??= createUpstreamHttp(this));
  }

  /** @returns a way in that goes through the same layers, with the same state, to another transport; made once, at boot */
  through(transport: Step): Step {
    return stack(this.layers, transport);
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

function subsetsOf(name: string, settings: UpstreamSettings): Subsets | undefined {
  const declared = settings.config;
  if (Object.keys(declared.subsets).length === 0) return undefined;
  const subsets = new Subsets(name, declared.subsets, declared.subsetWeights);
  let before = JSON.stringify(weightsOf(declared));
  settings.onChange(changed => {
    // Which subsets there are is known at boot; what is weighed by hand stands until options say otherwise.
    const weights = weightsOf({ subsets: declared.subsets, subsetWeights: changed.subsetWeights });
    const now = JSON.stringify(weights);
    if (now === before) return;
    before = now;
    subsets.weigh(weights);
  });
  return subsets;
}
