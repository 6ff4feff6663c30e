import { type DynamicModule, type FactoryProvider, Module, type ModuleMetadata, type Provider } from '@nestjs/common';
import { InstanceSource } from 'guichet/discovery';
import { BootProblems, Clock, LiveSettings, systemClock, TimerWheel } from 'guichet/kernel';
import { Metrics, RequestListeners } from 'guichet/observability';
import { upstreamHttpToken } from './axios/inject-upstream-http.js';
import { DeprecatedCalls } from './deprecation/deprecated-calls.js';
import { checkIdentities } from './identity/check-identities.js';
import { UpstreamIdentity } from './identity/upstream-identity.js';
import { LiveUpstreams } from './live/live-upstreams.js';
import { checkSubsets } from './subsets/check-subsets.js';
import { Cohorts } from './subsets/cohorts.js';
import { TraceEvents } from './trace/trace-events.js';
import { tlsMaterial } from './transports/tls-material.js';
import { UpstreamMetrics } from './metrics/upstream-metrics.js';
import { declarationOf, type UpstreamClass } from './upstream.decorator.js';
import { upstreamConfigs, type UpstreamModuleOptions } from './upstream-configs.js';
import { UpstreamEvents } from './upstream-events.js';
import { upstreamProtocols } from './upstream-protocols.js';
import { UpstreamRegistry } from './upstream-registry.js';

/** What `forRoot` takes: the clients, and where upstreams differ from the defaults. */
export interface UpstreamRootOptions extends UpstreamModuleOptions {
  /** The client classes of the app, each with `@Upstream`. */
  readonly clients: readonly UpstreamClass[];
  /** Modules that provide `InstanceSource`, where no global one does. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
}

/** What `forRootAsync` takes: the clients at once, the options when they are known. */
export interface UpstreamRootAsyncOptions extends Pick<UpstreamRootOptions, 'clients' | 'imports'> {
  readonly inject?: NonNullable<FactoryProvider['inject']>;
  // oxlint-disable-next-line typescript/no-explicit-any -- what Nest injects
  readonly useFactory: (...args: any[]) => UpstreamModuleOptions | Promise<UpstreamModuleOptions>;
}

const OPTIONS = Symbol('guichet:upstream-options');

/**
 * The upstreams of an app: provides every client class, everywhere in the app. Needs an `InstanceSource`.
 * Takes `BootProblems`, `Clock`, `TimerWheel`, `UpstreamEvents`, `UpstreamIdentity`, `Metrics`, `RequestListeners` and
 * `LiveSettings` where the app provides them.
 */
@Module({})
export class UpstreamModule {
  static forRoot({ clients, imports, ...options }: UpstreamRootOptions): DynamicModule {
    return build(clients, imports, { provide: OPTIONS, useValue: options });
  }

  static forRootAsync({ clients, imports, inject = [], useFactory }: UpstreamRootAsyncOptions): DynamicModule {
    return build(clients, imports, { provide: OPTIONS, inject, useFactory });
  }
}

function build(
  clients: readonly UpstreamClass[],
  imports: ModuleMetadata['imports'],
  options: Provider,
): DynamicModule {
  const registry: FactoryProvider<UpstreamRegistry> = {
    provide: UpstreamRegistry,
    inject: [
      OPTIONS,
      InstanceSource,
      { token: BootProblems, optional: true },
      { token: Clock, optional: true },
      { token: TimerWheel, optional: true },
      { token: UpstreamEvents, optional: true },
      { token: UpstreamIdentity, optional: true },
      { token: Metrics, optional: true },
      { token: RequestListeners, optional: true },
      { token: LiveSettings, optional: true },
    ],
    useFactory: (
      given: UpstreamModuleOptions,
      source: InstanceSource,
      shared: BootProblems | undefined,
      clock: Clock = systemClock,
      wheel: TimerWheel = new TimerWheel(clock),
      events: UpstreamEvents | undefined = undefined,
      identity: UpstreamIdentity | undefined = undefined,
      metrics: Metrics | undefined = undefined,
      listeners: RequestListeners | undefined = undefined,
      live: LiveSettings | undefined = undefined,
    ) => {
      const problems = shared ?? new BootProblems();
      const { upstreams: configs, cohorts: assigned } = upstreamConfigs(clients, given, problems, process.env);
      checkSubsets(configs, assigned, problems);
      for (const [name, config] of configs)
        tlsMaterial(name, config, problems, process.env['NODE_ENV'] === 'production');
      checkIdentities(configs, identity, problems);
      const protocols = upstreamProtocols(clients, problems);
      const deprecatedCalls = new DeprecatedCalls(clients, problems, clock, metrics);
      for (const client of clients) client.prepare?.(problems);
      if (!shared) problems.assertNone();
      const freezesAll = process.env['NODE_ENV'] !== 'production';
      const isTraced = listeners?.needsTraces ?? false;
      const heard = isTraced ? new TraceEvents(clock, events) : events;
      const counted = metrics && UpstreamMetrics.of(metrics);
      const parts = {
        clock,
        wheel,
        random: Math.random,
        events: heard,
        metrics: counted,
        deprecatedCalls,
        isTraced,
        identity,
        cohorts: new Cohorts(assigned, Math.random),
        freezesAll,
        live,
      };
      const made = new UpstreamRegistry(source, configs, protocols, parts, assigned);
      counted?.watch(made, source, clock);
      live?.add(new LiveUpstreams(made.upstreams));
      return made;
    },
  };
  const speakingHttp = clients.filter(({ protocol }) => protocol?.name === 'http');
  const names = new Set(speakingHttp.map(client => declarationOf(client)?.name).filter(name => name !== undefined));
  const services = [...names].map(name => ({
    provide: upstreamHttpToken(name),
    inject: [UpstreamRegistry],
    useFactory: (upstreams: UpstreamRegistry) => upstreams.upstream(name).http,
  }));
  const provided = [registry, ...services];
  return {
    module: UpstreamModule,
    global: true,
    imports: imports ?? [],
    providers: [options, ...provided, ...clients],
    exports: [...provided.map(provider => provider.provide), ...clients],
  };
}
