import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DynamicModule, Logger, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { nestLog, SelfRegistration } from 'guichet/discovery';
import { EventLoopHealth, Lifecycle, Readiness } from 'guichet/health';
import { BootProblems, Clock, systemClock, TimerWheel } from 'guichet/kernel';
import { liveOptions, type LiveOptionsInput, openLive, showOnManagement } from 'guichet/live';
import {
  type Log,
  type LogOptionsInput,
  logOptions,
  HttpMetrics,
  managementOptions,
  type ManagementOptionsInput,
  ManagementServer,
  Metrics,
  openLog,
  RequestListeners,
  startTracing,
  type TracingOptionsInput,
  useRequestContext,
} from 'guichet/observability';
import { Door, inspectPages, PageRegistry, ProcessEventLoopDelay } from 'guichet/page';
import { useProblems } from 'guichet/problem';
import { RouteRegistry } from 'guichet/routes';
import { UpstreamRegistry } from 'guichet/upstream';
import { BffAdapter } from './bff-adapter.js';
import { bffOptions, type BffOptionsInput } from './bff-options.js';
import { isListenError, PortError } from './boot-failure.js';
import { useClient } from './client.js';
import { Connections } from './drain/connections.js';
import { Drain, type StopOptions } from './drain/drain.js';
import { type DrainPlan, drainPlan } from './drain/drain-plan.js';
import { allowedHosts } from './edge/allowed-hosts.js';
import { useEdge } from './edge/use-edge.js';
import { inspectorParts } from './inspector-parts.js';
import { useOpenApi } from './openapi.js';
import { useHealth } from './use-health.js';
import { WatchedEventLoopDelay } from './watched-event-loop-delay.js';
import { optional } from './optional.js';
import { RootModule } from './root.module.js';

/** What an app's `main.ts` says. */
export interface RunBffOptions extends BffOptionsInput {
  /** Where the management server listens; `MANAGEMENT_PORT` and `MANAGEMENT_HOST` win. */
  readonly management?: ManagementOptionsInput;
  /** What is logged, and how; `LOG_LEVEL`, `LOG_FORMAT` and `LOG_REQUESTS` win. */
  readonly log?: LogOptionsInput;
  /** Which traces are recorded, and who may ask for one; the environment wins. */
  readonly tracing?: TracingOptionsInput;
  /** Whether an app's settings may change while it runs, and where they lie; `LIVE_CONFIGURATION…` win. */
  readonly live?: LiveOptionsInput;
}

/** A BFF that serves. */
export interface Bff {
  readonly app: NestFastifyApplication;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly managementPort: number;
  readonly log: Log;
  /** Ends it in order; a second call hurries. Rejects when something does not close in time. */
  stop(options?: StopOptions): Promise<void>;
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
  const { management, log: logInput, tracing: traced, live: liveInput, ...own } = input;
  const options = bffOptions(own, environment, problems);
  const { host: managementHost } = managementOptions(management, environment, problems);
  const isOurs = allowedHosts(options.edge.hosts, environment, problems);
  const log = await openLog(options.name, logOptions(logInput, environment, problems), { environment });
  problems.add(...inspectPages(module, PROVIDED));

  const eventLoop = new EventLoopHealth(options.health);
  const door = new Door(
    options.shedding,
    new WatchedEventLoopDelay(new ProcessEventLoopDelay(), eventLoop, systemClock),
  );
  const metrics = new Metrics();
  const tracing = await startTracing(options.name, traced, environment, problems);
  tracing.countIn(metrics);
  const live = openLive({
    name: options.name,
    options: liveOptions(liveInput, environment, problems),
    problems,
    metrics,
    clock: systemClock,
    log: nestLog('LiveConfiguration'),
  });
  const inspector = inspectorParts(options, managementHost, environment, problems);
  const listeners = tracing.listeners(
    [new HttpMetrics(metrics), log.requests, inspector?.executions].filter(listener => listener !== undefined),
  );
  const adapter = new BffAdapter(options, listeners);
  const app = await NestFactory.create<NestFastifyApplication>(
    RootModule.around(module, problems, door, listeners, metrics, tracing, management, environment, inspector, live),
    adapter,
    {
      abortOnError: false,
      logger: log.logger,
      // Nothing is logged until the boot is over: what ends it is told once, by whoever catches it.
      bufferLogs: true,
      autoFlushLogs: false,
    },
  );
  const connections = new Connections(app.getHttpServer() as Server, systemClock);
  let plan: DrainPlan;
  try {
    problems.assertNone();
    const wishes = optional(app, UpstreamRegistry)?.cohortHeader;
    useRequestContext(app, { locales: options.locales, listeners, live: live?.settings, wishes });
    useProblems(app, undefined, log.requests !== undefined);
    await useEdge(app, options.edge, isOurs, environment['PUBLIC_ORIGIN']?.startsWith('https:') ?? false);
    await named('MANAGEMENT_PORT', managementHost, () => app.init());
    useHealth(app, options.health, eventLoop, problems, live?.configuration);
    const budgetsMs = app.get(PageRegistry, { strict: false }).plans.map(({ declaration }) => declaration.budgetMs);
    plan = drainPlan(options.drain, budgetsMs, problems);
    problems.assertNone();
    if (options.docs) useOpenApi(app, options.name);
    if (options.client) await useClient(app, adapter, options.client.root);
    if (live) {
      showOnManagement(app.get(ManagementServer), live.configuration);
      await live.configuration.begin();
    }
    await named('PORT', options.host, () => app.listen(options.port, options.host));
  } catch (error) {
    door.onApplicationShutdown();
    await live?.close();
    await app.close().catch(() => undefined);
    throw error;
  }
  app.flushLogs();
  const { port } = app.getHttpServer().address() as AddressInfo;
  const managementPort = app.get(ManagementServer).port!;
  const registration = optional(app, SelfRegistration);
  const routes = optional(app, RouteRegistry);
  const drain = new Drain(plan, {
    lifecycle: app.get(Lifecycle, { strict: false }),
    registration,
    connections,
    endLasting: () => routes?.endLasting(),
    // The server, then pools, watches, telemetry and the management port: their hook is onApplicationShutdown.
    close: async () => {
      await live?.close();
      await app.close();
    },
    clock: systemClock,
  });
  live?.announce({ host: environment['ADVERTISE_HOST'] || options.host, port });
  // Not awaited: pages are served while Consul is away.
  void registration?.start({ name: options.name, host: options.host, port });
  new Logger('Bff').log(
    `${options.name} serves on ${options.host}:${port}, management on ${managementHost}:${managementPort}`,
  );
  return {
    app,
    name: options.name,
    host: options.host,
    port,
    managementPort,
    log,
    stop: stopOptions => drain.end(stopOptions),
  };
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
