import {
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { AddressInfo } from 'node:net';
import { InstanceSource } from 'guichet/discovery';
import { BootProblems, Clock } from 'guichet/kernel';
import { LiveConfiguration } from 'guichet/live';
import { ManagementServer, Metrics } from 'guichet/observability';
import { Door, PageModule, PageRegistry } from 'guichet/page';
import { RouteRegistry } from 'guichet/routes';
import { LiveLimits, THROTTLING_OPTIONS, type ThrottlingOptions } from 'guichet/throttling';
import { UpstreamRegistry } from 'guichet/upstream';
import { Doorkeeper } from './door/doorkeeper.js';
import type { Executions } from './executions/executions.js';
import { Inspector } from './inspector.js';

/** What the inspector is told by whoever starts the app. */
export interface InspectorParts {
  /** Listens to the app's requests already. */
  readonly executions: Executions;
  /** What its visitors must know; undefined: it is for this machine alone. */
  readonly token: string | undefined;
  /** The app's. */
  readonly name: string;
  /** `NODE_ENV`. */
  readonly environment: string;
  /** The address that the management server listens on. */
  readonly managementHost: string;
  /** A `Host` under which the app may be asked. */
  readonly appHost: string;
}

/**
 * Shows the app at `/inspector` on its management port. Needs `ManagementServer`, `BootProblems` and `Clock`; shows what else the app
 * provides: `Metrics`, pass-through routes, upstreams, discovery, limits, the door, the live configuration.
 */
@Module({})
export class InspectorModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(Inspector) private readonly inspector: Inspector,
    @Inject(ManagementServer) private readonly management: ManagementServer,
  ) {}

  /** @param parts  what the app's modules cannot know */
  static with(parts: InspectorParts): DynamicModule {
    const optional = (token: symbol | Function) => ({ token: token as never, optional: true });
    return {
      module: InspectorModule,
      imports: [PageModule],
      providers: [
        {
          provide: Inspector,
          inject: [
            BootProblems,
            Clock,
            PageRegistry,
            HttpAdapterHost,
            optional(Metrics),
            optional(RouteRegistry),
            optional(UpstreamRegistry),
            optional(InstanceSource),
            optional(THROTTLING_OPTIONS),
            optional(Door),
            optional(LiveLimits),
            optional(LiveConfiguration),
          ],
          useFactory: inspectorOf.bind(undefined, parts),
        },
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.inspector.open(this.management);
  }

  onApplicationShutdown(): void {
    this.inspector.close();
  }
}

function inspectorOf(
  { executions, token, name, environment, managementHost, appHost }: InspectorParts,
  problems: BootProblems,
  clock: Clock,
  pages: PageRegistry,
  host: HttpAdapterHost,
  metrics?: Metrics,
  routes?: RouteRegistry,
  upstreams?: UpstreamRegistry,
  source?: InstanceSource,
  declared?: ThrottlingOptions,
  door?: Door,
  limits?: LiveLimits,
  live?: LiveConfiguration,
): Inspector {
  const app = { name, environment, node: process.version, startedAtEpochMs: clock.epochMs() };
  const place = () => {
    const server = host.httpAdapter.getHttpServer() as { address(): AddressInfo };
    return { address: server.address(), host: appHost };
  };
  const throttling = () => limits?.current ?? declared;
  const shown = {
    executions,
    pages,
    problems,
    clock,
    metrics,
    routes,
    upstreams,
    source,
    throttling,
    door,
    live,
    app,
    place,
  };
  return new Inspector(shown, new Doorkeeper(token, managementHost, clock));
}
