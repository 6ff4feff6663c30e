import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { CanActivate, DynamicModule, ExecutionContext, Provider } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Instance, InstanceSource, type Snapshot } from 'guichet/discovery';
import { BootProblems } from 'guichet/kernel';
import { type AnyRequest, contextOf, Metrics, RequestListeners, useRequestContext } from 'guichet/observability';
import { answerRouterError, useProblems } from 'guichet/problem';
import {
  type CohortOptions,
  HttpUpstream,
  Upstream,
  UpstreamEvents,
  UpstreamModule,
  type UpstreamOptions,
  UpstreamRegistry,
} from 'guichet/upstream';
import { type Observable, of } from 'rxjs';
import { Peer } from './raw-place.js';
import { type RouteOptions, RouteRegistry, RoutesModule, type RoutesOptions } from '../src/index.js';

@Upstream('files')
class FilesClient extends HttpUpstream {}

/** Where an upstream's instance listens. */
export interface Place {
  readonly port: number;
  readonly tags?: readonly string[];
}

/** An app of pass-through routes to the upstream `files`, and nothing else. */
export interface RouteRig {
  readonly app: NestFastifyApplication;
  readonly port: number;
  readonly url: string;
  readonly metrics: Metrics;
  readonly registry: RouteRegistry;
  close(): Promise<void>;
}

export interface RouteRigOptions extends RoutesOptions {
  readonly upstream?: UpstreamOptions;
  readonly cohorts?: CohortOptions;
  readonly guards?: readonly (new () => CanActivate)[];
  readonly events?: UpstreamEvents;
  readonly listeners?: RequestListeners;
  readonly controllers?: readonly (new () => object)[];
  readonly requestTimeoutMs?: number;
}

/** Starts an app with these routes over these instances; a route without `upstream` leads to `files`, to everybody. */
export async function routeRig(
  routes: readonly (Omit<RouteOptions, 'upstream'> & { upstream?: string })[],
  instances: readonly Place[],
  options: RouteRigOptions = {},
): Promise<RouteRig> {
  const {
    upstream = {},
    cohorts,
    guards = [],
    events,
    listeners,
    controllers = [],
    requestTimeoutMs,
    ...rest
  } = options;
  class SharedModule {}
  class AppModule {}
  const metrics = new Metrics();
  const provided: Provider[] = [
    { provide: BootProblems, useValue: new BootProblems() },
    { provide: Metrics, useValue: metrics },
    ...(events ? [{ provide: UpstreamEvents, useValue: events }] : []),
    ...(listeners ? [{ provide: RequestListeners, useValue: listeners }] : []),
  ];
  const app = await NestFactory.create<NestFastifyApplication>(
    {
      module: AppModule,
      imports: [
        sourceOf(instances),
        { module: SharedModule, global: true, providers: provided, exports: provided as never[] },
        UpstreamModule.forRoot({ clients: [FilesClient], defaults: upstream, ...(cohorts && { cohorts }) }),
        RoutesModule.forRoot(
          routes.map(route => ({ upstream: 'files', access: 'public' as const, ...route })),
          rest,
        ),
      ],
      controllers: [...controllers],
      providers: guards.map(useClass => ({ provide: APP_GUARD, useClass })),
    },
    new FastifyAdapter({
      frameworkErrors: answerRouterError as never,
      ...(requestTimeoutMs && {
        requestTimeout: requestTimeoutMs,
        http: { headersTimeout: requestTimeoutMs, connectionsCheckingInterval: 20 },
      }),
    }),
    { logger: false, abortOnError: false },
  );
  useRequestContext(app, { wishes: app.get(UpstreamRegistry).cohortHeader, ...(listeners && { listeners }) });
  useProblems(app);
  await app.init();
  app.get(BootProblems).assertNone();
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return { app, port, url, metrics, registry: app.get(RouteRegistry), close: () => app.close() };
}

/** Stands for an identity guard: everybody is the same customer. */
export class SignedIn implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    contextOf(context.switchToHttp().getRequest<AnyRequest>())!.principal = {
      issuer: 'https://issuer.example',
      subject: 'c1',
      claims: {},
    } as never;
    return true;
  }
}

/** A real upstream by `node:http`. */
export class HttpPlace implements Place {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(onRequest: RequestListener) {
    this.server = createServer(onRequest);
    this.server.on('connection', socket => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get http(): Server {
    return this.server;
  }

  async start(): Promise<this> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return this;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    if (!this.server.listening) return;
    this.server.close();
    await once(this.server, 'close');
  }
}

/** @returns a client of bytes, connected to a port of this machine */
export function rawClient(port: number): Peer {
  return new Peer(connect({ port, host: '127.0.0.1', noDelay: true }));
}

/** @returns instances of the upstream `files`, wherever they are asked for */
export function sourceOf(places: readonly Place[]): DynamicModule {
  class SourceModule {}
  const source = { provide: InstanceSource, useValue: new FixedSource(places) };
  return { module: SourceModule, global: true, providers: [source], exports: [source] };
}

class FixedSource extends InstanceSource {
  private readonly latest: Snapshot;

  constructor(places: readonly Place[]) {
    super();
    const instances = places.map(({ port, tags = [] }): Instance => ({
      id: `files-${port}`,
      service: 'files',
      host: '127.0.0.1',
      port,
      weight: 1,
      tags,
      meta: {},
    }));
    this.latest = { service: 'files', instances, state: 'fresh', confirmedAt: 0 };
  }

  watch(): Observable<Snapshot> {
    return of(this.latest);
  }

  snapshot(): Snapshot {
    return this.latest;
  }

  async close(): Promise<void> {}
}
