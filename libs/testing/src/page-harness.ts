import type { DynamicModule, Provider, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { InstanceSource, StaticSource } from 'guichet/discovery';
import { Clock, Credentials, type Principal, systemClock, TimerWheel } from 'guichet/kernel';
import { contextOf, useRequestContext } from 'guichet/observability';
import { declarationOf, PageModule } from 'guichet/page';
import { useProblems } from 'guichet/problem';
import { type UpstreamClass, UpstreamClient, UpstreamModule } from 'guichet/upstream';
import { bugsAlone } from './page-harness-log.js';
import { type PageAnswer, pageUrl, type PageRequest, readAnswer } from './page-harness-request.js';
import { type AnyFake, type RunningFakes, startFakes, type UpstreamFakes } from './page-harness-upstreams.js';

/** What a page needs to run in a test. */
export interface PageHarnessOptions<U> {
  /**
   * By the upstream's name (as in `@Upstream`), the routes its fake answers, `{ catalog: { 'GET /films/:id': () => film } }`, or where
   * its client is one by gRPC the methods: `{ pricing: { GetQuote: ({ sku }) => ({ sku, amountCents: 990 }) } }`.
   */
  readonly upstreams: UpstreamFakes<U>;
  /** By the upstream's name, servers that the test started itself: those that speak neither. The harness ends them. */
  readonly servers?: Readonly<Record<string, { readonly port: number; close(): Promise<void> }>>;
  /** The clients, where they are not simply the upstream classes in the page's constructor. */
  readonly clients?: readonly UpstreamClass[];
  /** Whatever else the page injects. */
  readonly providers?: readonly Provider[];
  /**
   * Where time comes from: a `ManualClock`, so that budgets and timeouts pass when the test says so. Timers may be late: move
   * it 20 ms further than what is to be over.
   */
  readonly clock?: Clock;
  /** Who asks, unless a request says otherwise. */
  readonly principal?: Principal;
  /** The app's locales, the default first. */
  readonly locales?: readonly string[];
}

/**
 * A page in an app of its own, with small real servers for its upstreams.
 * `U` is the type of what was said of these, `PageHarness<FilmPage, typeof upstreams>`; or their names, where all are by HTTP.
 */
export interface PageHarness<P, U = string> {
  /** The fakes, to look at what they received or to change what they answer. */
  readonly upstreams: RunningFakes<U>;
  /** The page's address, without its path: `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Asks for the page: `await harness.get({ id: '7' })`. */
  get(params?: PageRequest['params'], request?: Omit<PageRequest, 'params' | 'body'>): Promise<PageAnswer<P>>;
  /** Sends a command its body: `await harness.send({ film: 7 })`. */
  send(body: unknown, request?: Omit<PageRequest, 'body'>): Promise<PageAnswer<P>>;
  /** Ends app and fakes. */
  close(): Promise<void>;
}

const PRINCIPAL = 'x-harness-principal';

/**
 * Starts a page or command alone: its clients on fake upstreams, over real HTTP on both sides, with the problem filter. Without the
 * app's guards: whom a page lets in is not told. What a bug of the page was is printed by `console.error`.
 * ```ts
 * const harness = await pageHarness(FilmPage, { upstreams: { catalog: { 'GET /films/:id': () => film } } });
 * const { payload, complete } = await harness.get({ id: '7' });
 * ```
 * @throws BootError  if something is wrong with the page
 */
export async function pageHarness<P extends object, U>(
  // oxlint-disable-next-line typescript/no-explicit-any -- any constructor arguments: Nest injects them
  page: new (...dependencies: any[]) => P,
  options: PageHarnessOptions<U>,
): Promise<PageHarness<P, U>> {
  const { clock = systemClock, servers = {} } = options;
  const declaration = declarationOf(page);
  if (!declaration) throw new TypeError(`${page.name} is no page: it has neither @Page nor @Command`);
  const clients = options.clients ?? injectedClients(page);
  const upstreams = await startFakes(options.upstreams as never, clients);
  const app = await NestFactory.create<NestFastifyApplication>(
    moduleOf(page, clients, options, { ...servers, ...upstreams }),
    new FastifyAdapter({ forceCloseConnections: true }),
    {
      logger: bugsAlone,
      abortOnError: false,
    },
  );
  useRequestContext(app, { clock, locales: options.locales ?? [] });
  // As if requests had their lines: then bugs alone are logged.
  useProblems(app, clock, true);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request, _reply, done) => {
      const sent = request.headers[PRINCIPAL] as string | undefined;
      const principal =
        sent === undefined ? options.principal : (JSON.parse(decodeURIComponent(sent)) as Principal | null);
      const context = contextOf(request)!;
      context.principal = principal ?? undefined;
      // Upstreams that are told who asks are shown it.
      if (principal) context.credentials = new Credentials(`harness-token-of-${principal.subject}`);
      done();
    });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();

  const ask = async (request: PageRequest): Promise<PageAnswer<P>> => {
    const { principal, body, headers, signal } = request;
    const response = await fetch(url + pageUrl(declaration.path, request), {
      method: declaration.method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(principal === undefined ? {} : { [PRINCIPAL]: encodeURIComponent(JSON.stringify(principal)) }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    return readAnswer<P>(response);
  };
  return {
    upstreams: upstreams as RunningFakes<U>,
    url,
    get: (params, request) => ask({ ...request, ...(params === undefined ? {} : { params }) }),
    send: (body, request) => ask({ ...request, body }),
    close: async () => {
      await app.close();
      const all = [...Object.values<AnyFake>(upstreams), ...Object.values(servers)];
      await Promise.all(all.map(server => server.close()));
    },
  };
}

function moduleOf(
  page: Type,
  clients: readonly UpstreamClass[],
  { providers = [], clock = systemClock }: Pick<PageHarnessOptions<never>, 'providers' | 'clock'>,
  upstreams: Readonly<Record<string, { readonly port: number }>>,
): DynamicModule {
  const services = Object.entries(upstreams).map(([name, { port }]) => [name, [`127.0.0.1:${port}`]]);
  const shared = [
    { provide: Clock, useValue: clock },
    { provide: TimerWheel, useValue: new TimerWheel(clock) },
    { provide: InstanceSource, useValue: new StaticSource({ services: Object.fromEntries(services) as never, clock }) },
  ];
  return {
    module: HarnessModule,
    imports: [
      { module: SharedModule, global: true, providers: shared, exports: shared.map(({ provide }) => provide) },
      UpstreamModule.forRoot({ clients }),
      PageModule,
    ],
    controllers: [page],
    providers: [...providers],
  };
}

function injectedClients(page: Type): readonly UpstreamClass[] {
  const injected = (Reflect.getMetadata('design:paramtypes', page) as unknown[] | undefined) ?? [];
  return injected.filter(isClient);
}

function isClient(dependency: unknown): dependency is UpstreamClass {
  return typeof dependency === 'function' && dependency.prototype instanceof UpstreamClient;
}

class HarnessModule {}
class SharedModule {}
