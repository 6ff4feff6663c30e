import type { AddressInfo } from 'node:net';
import { ConsoleLogger, type DynamicModule, Logger, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { KeySet } from 'guichet/auth';
import { SelfRegistration } from 'guichet/discovery';
import { Lifecycle, Readiness } from 'guichet/health';
import { BootProblems, Clock, TimerWheel } from 'guichet/kernel';
import {
  managementOptions,
  type ManagementOptionsInput,
  ManagementServer,
  Metrics,
  RequestListeners,
  useRequestContext,
} from 'guichet/observability';
import { Door, inspectPages, PageRegistry, ProcessEventLoopDelay } from 'guichet/page';
import { answerRouterError, useProblems } from 'guichet/problem';
import { type BffOptions, bffOptions, type BffOptionsInput } from './bff-options.js';
import { isListenError, PortError } from './boot-failure.js';
import { useClient } from './client.js';
import { allowedHosts } from './edge/allowed-hosts.js';
import { useEdge } from './edge/use-edge.js';
import { inspectorParts } from './inspector-parts.js';
import { useOpenApi } from './openapi.js';
import { optional } from './optional.js';
import { RootModule } from './root.module.js';
import { Shutdown } from './shutdown.js';

/** What an app's `main.ts` says. */
export interface RunBffOptions extends BffOptionsInput {
  /** Where the management server listens; `MANAGEMENT_PORT` and `MANAGEMENT_HOST` win. */
  readonly management?: ManagementOptionsInput;
}

/** A BFF that serves. */
export interface Bff {
  readonly app: NestFastifyApplication;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly managementPort: number;
  /** Ends it in order; a second call hurries. */
  stop(): Promise<void>;
}

/** What the framework provides to pages beside the app's own modules. */
const PROVIDED = [
  BootProblems,
  Clock,
  TimerWheel,
  Door,
  RequestListeners,
  ManagementServer,
  Metrics,
  Lifecycle,
  Readiness,
  PageRegistry,
];

/** Milliseconds a client may take to send its headers. */
const HEADERS_TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 16_384;
/** Longest path parameter in characters, encoded; a longer one is a 414. */
const MAX_PARAM_LENGTH = 512;

/**
 * Creates an app, wires the rooms in the order a request passes them, and serves.
 * @param problems  gathers all that is wrong; complete when this throws a `BootError`
 * @throws BootError, PortError, what Nest's injection throws, or a bug's error
 */
export async function startBff(
  module: Type | DynamicModule,
  input: RunBffOptions,
  problems: BootProblems,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Bff> {
  const { management, ...own } = input;
  const options = bffOptions(own, environment, problems);
  const { host: managementHost } = managementOptions(management, environment, problems);
  const isOurs = allowedHosts(options.edge.hosts, environment, problems);
  problems.add(...inspectPages(module, PROVIDED));

  const door = new Door(options.shedding, new ProcessEventLoopDelay());
  const inspector = inspectorParts(options, managementHost, environment, problems);
  const listeners = new RequestListeners(inspector ? [inspector.executions] : []);
  const app = await NestFactory.create<NestFastifyApplication>(
    RootModule.around(module, problems, door, listeners, management, environment, inspector),
    adapter(options),
    {
      abortOnError: false,
      logger: new ConsoleLogger({ json: environment['NODE_ENV'] === 'production', prefix: options.name }),
      // Nothing is logged until the boot is over: what ends it is told once, by whoever catches it.
      bufferLogs: true,
      autoFlushLogs: false,
    },
  );
  try {
    problems.assertNone();
    useRequestContext(app, { locales: options.locales, listeners });
    useProblems(app);
    await useEdge(app, options.edge, isOurs, environment['PUBLIC_ORIGIN']?.startsWith('https:') ?? false);
    await named('MANAGEMENT_PORT', managementHost, () => app.init());
    problems.assertNone();
    const keys = optional(app, KeySet);
    if (keys)
      app.get(Readiness, { strict: false }).require('keys', () => keys.isReady, 'the issuer’s keys are not known yet');
    if (options.docs) useOpenApi(app, options.name);
    if (options.client) await useClient(app, options.client.root);
    await named('PORT', options.host, () => app.listen(options.port, options.host));
  } catch (error) {
    door.onApplicationShutdown();
    await app.close().catch(() => undefined);
    throw error;
  }
  app.flushLogs();
  const { port } = app.getHttpServer().address() as AddressInfo;
  const managementPort = app.get(ManagementServer).port!;
  const shutdown = new Shutdown(app, options.shutdownTimeoutMs);
  // Not awaited: pages are served while Consul is away.
  void optional(app, SelfRegistration)?.start({ name: options.name, host: options.host, port });
  new Logger('Bff').log(
    `${options.name} serves on ${options.host}:${port}, management on ${managementHost}:${managementPort}`,
  );
  return { app, name: options.name, host: options.host, port, managementPort, stop: () => shutdown.end() };
}

function adapter(options: BffOptions): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: options.maxBodyBytes,
    requestTimeout: options.requestTimeoutMs,
    keepAliveTimeout: options.keepAliveTimeoutMs,
    http: { headersTimeout: Math.min(HEADERS_TIMEOUT_MS, options.requestTimeoutMs), maxHeaderSize: MAX_HEADER_BYTES },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    // Forwarded headers are believed by nobody unless they are told whom to believe.
    trustProxy: false,
    // A request on an open connection is answered until the connection closes, not refused with 503.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    frameworkErrors: answerRouterError,
  });
}

/** Listening that fails is told by the name of the variable to change. */
async function named(
  variable: 'PORT' | 'MANAGEMENT_PORT',
  host: string,
  listen: () => Promise<unknown>,
): Promise<void> {
  try {
    await listen();
  } catch (error) {
    throw isListenError(error) ? new PortError(variable, host, error) : error;
  }
}
