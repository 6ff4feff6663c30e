import type { IncomingMessage, Server } from 'node:http';
import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { BootError, BootProblems, Clock, readOptions, systemClock, TimerWheel } from 'guichet/kernel';
import {
  type AnyRequest,
  arrive,
  ClientAddress,
  contextOf,
  DeprecatedDoor,
  Metrics,
  readTrustedProxies,
} from 'guichet/observability';
import { type Step, UpstreamRegistry, type UpstreamRuntime } from 'guichet/upstream';
import { AnswerHeaderRule } from './answer/answer-headers.js';
import type { RouteReply } from './answer/client-answer.js';
import type { DeclaredRoute } from './declaration/declared-route.js';
import { matchPath } from './declaration/route-path.js';
import { type RoutesConfig, type RoutesOptions, routesSchema } from './declaration/route.options.js';
import type { ExchangeListener } from './exchange-end.js';
import { Exchange } from './exchange.js';
import { RouteMetrics } from './metrics/route-metrics.js';
import { OpenExchanges } from './open-exchanges.js';
import { deferContinue } from './request/expectation.js';
import { targetOf } from './request/target.js';
import type { ServedRoute } from './served-route.js';
import { leaveBodies, type StreamingFastify } from './streamed-bodies.js';
import { takeUpgrades } from './upgrade/upgrade-door.js';

/** What an app declares: its sound routes, what is wrong with the others, and what holds for all. */
export interface DeclaredRoutes {
  readonly routes: readonly DeclaredRoute[];
  readonly problems: BootProblems;
  readonly options: RoutesOptions;
}

/** The token under which {@link DeclaredRoutes} are injected. */
export const DECLARED_ROUTES = Symbol('DeclaredRoutes');

/** The key in Fastify's route config that tells pass-through routes. */
export const STREAMED = 'guichetStreamed';

const WHERE = 'RoutesModule';

/** Puts the routes of an app in service at boot, and ends what would outlast the app. */
@Injectable()
export class RouteRegistry implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private readonly served = new Map<DeclaredRoute, ServedRoute>();
  private readonly listeners = new Set<ExchangeListener>();

  constructor(
    @Inject(DECLARED_ROUTES) private readonly declared: DeclaredRoutes,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(UpstreamRegistry) private readonly upstreams: UpstreamRegistry,
    @Optional() @Inject(BootProblems) private readonly shared: BootProblems | undefined,
    @Optional() @Inject(Clock) private readonly clock: Clock = systemClock,
    @Optional() @Inject(TimerWheel) private readonly wheel: TimerWheel = new TimerWheel(clock),
    @Optional() @Inject(Metrics) private readonly metrics: Metrics | undefined = undefined,
  ) {
    // Before Nest hands its routes to Fastify.
    if (this.isFastify) leaveBodies(this.host.httpAdapter.getInstance<StreamingFastify>(), STREAMED);
  }

  /** The routes in service, in the order of their declaration. */
  get routes(): readonly ServedRoute[] {
    return [...this.served.values()];
  }

  /** Tells of every exchange that is over, from now on. While nobody listens nothing is written down. @returns how to be told no more */
  subscribe(listener: ExchangeListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** @throws BootError  if something is wrong and nobody gathers the app's problems */
  onModuleInit(): void {
    const problems = this.shared ?? new BootProblems();
    problems.add(...this.declared.problems.all);
    if (!this.isFastify) {
      problems.add({
        where: WHERE,
        path: '',
        message: 'pass-through routes need Fastify: other adapters read bodies before a route sees them',
        mend: 'create the app with a FastifyAdapter, or leave the routes out',
      });
    }
    const { trustedProxies, via } = this.readOptions(problems);
    const addresses = addressesOf(trustedProxies, problems);
    for (const route of this.declared.routes) {
      const upstream = this.upstreamOf(route, problems);
      const streams = upstream && this.streamsOf(route, upstream, problems);
      if (streams) this.served.set(route, this.serveBy(route, upstream, streams, addresses, `1.1 ${via}`));
    }
    if (!this.shared && problems.all.length > 0) throw new BootError(problems.all);
    if (!this.metrics) return;
    const counted = new RouteMetrics(this.metrics, this.routes);
    for (const [route, served] of this.served) this.served.set(route, { ...served, recorder: counted.of(route.name) });
  }

  onApplicationBootstrap(): void {
    if (!this.isFastify || this.served.size === 0) return;
    const server = this.host.httpAdapter.getHttpServer() as Server;
    const upgrading = this.routes.filter(({ declared }) => declared.config.upgrade !== undefined);
    if (this.routes.length > upgrading.length) deferContinue(server);
    if (upgrading.length > 0)
      takeUpgrades(server, path => upgrading.some(({ declared }) => matchPath(declared.path, path, []) !== undefined));
  }

  onModuleDestroy(): void {
    this.endLasting();
  }

  /** Ends what would not end by itself, event streams and WebSockets, in order: their clients come back, to somebody else. */
  endLasting(): void {
    for (const { open } of this.served.values()) open.endLasting();
  }

  /**
   * Serves one request.
   * @returns settled when it is over; rejects where a problem is to be answered
   */
  serve(route: DeclaredRoute, request: AnyRequest, reply: RouteReply): Promise<void> {
    const served = this.served.get(route)!;
    const raw = (request as { raw?: IncomingMessage }).raw ?? (request as IncomingMessage);
    const context = contextOf(raw) ?? arrive(raw, reply.raw, this.clock, undefined);
    return new Promise((resolve, reject) => new Exchange(served, raw, reply, context, resolve, reject).begin());
  }

  private get isFastify(): boolean {
    return this.host.httpAdapter?.getType() === 'fastify';
  }

  private readOptions(problems: BootProblems): RoutesConfig {
    const proxies = process.env['TRUSTED_PROXIES'];
    const raw = { ...this.declared.options, ...(proxies && { trustedProxies: readTrustedProxies(proxies) }) };
    return readOptions(WHERE, routesSchema, raw, problems, proxies ? { trustedProxies: 'TRUSTED_PROXIES' } : {});
  }

  private upstreamOf({ name, config }: DeclaredRoute, problems: BootProblems): UpstreamRuntime | undefined {
    const found = this.upstreams.upstreams.find(upstream => upstream.name === config.upstream);
    if (!found) {
      const known = this.upstreams.upstreams.map(upstream => upstream.name).join(', ') || 'none';
      problems.add({
        where: `route ${name}`,
        path: 'upstream',
        message: 'no client is declared for this upstream',
        value: config.upstream,
        mend: `use the name of a declared one (${known}), or list its client in UpstreamModule.forRoot({ clients })`,
      });
    }
    return found;
  }

  private streamsOf({ name }: DeclaredRoute, upstream: UpstreamRuntime, problems: BootProblems): Step | undefined {
    if (!upstream.streams) {
      problems.add({
        where: `route ${name}`,
        path: 'upstream',
        message: `speaks ${upstream.protocol.name}: nothing can be handed through to it`,
        value: upstream.name,
        mend: 'compose it in a page, or name an upstream that speaks HTTP',
      });
    }
    return upstream.streams;
  }

  private serveBy(
    declared: DeclaredRoute,
    upstream: UpstreamRuntime,
    streams: Step,
    addresses: ClientAddress,
    via: string,
  ): ServedRoute {
    const { config } = declared;
    const ofSameUpstream = this.declared.routes.filter(other => other.config.upstream === config.upstream);
    return {
      declared,
      upstream,
      streams,
      target: targetOf(declared),
      requestRule: { config, via, addresses },
      answerRule: new AnswerHeaderRule(declared, ofSameUpstream),
      deprecated: config.deprecated && new DeprecatedDoor(declared.name, config.deprecated, this.clock, this.metrics),
      needsPrincipal: config.access !== 'public',
      open: new OpenExchanges(config.limits.maxConcurrent),
      recorder: undefined,
      listeners: this.listeners,
      clock: this.clock,
      wheel: this.wheel,
    };
  }
}

function addressesOf(trusted: RoutesConfig['trustedProxies'], problems: BootProblems): ClientAddress {
  try {
    return new ClientAddress(trusted);
  } catch (error) {
    problems.add({
      where: WHERE,
      path: 'TRUSTED_PROXIES',
      message: (error as Error).message,
      mend: 'list addresses or networks, separated by commas',
    });
    return new ClientAddress(0);
  }
}
