import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { InstanceSource } from 'guichet/discovery';
import type { BootProblems, Clock } from 'guichet/kernel';
import type { LiveConfiguration } from 'guichet/live';
import type { ManagementServer, Metrics } from 'guichet/observability';
import type { Door, PageRegistry } from 'guichet/page';
import type { RouteRegistry } from 'guichet/routes';
import type { ThrottlingOptions } from 'guichet/throttling';
import type { UpstreamRegistry } from 'guichet/upstream';
import type { AppView } from './api/app.js';
import { deprecationQuery } from './api/deprecations/deprecation-query.js';
import { Deprecations } from './api/deprecations/deprecations.js';
import { exchangeList } from './api/exchanges.js';
import { executionList, executionView } from './api/execution.js';
import { History } from './api/history.js';
import { limitsView } from './api/limits.js';
import { LiveStream } from './api/live.js';
import { ObservedCalls } from './api/observed-calls.js';
import { pageViews } from './api/pages.js';
import { RouteViews } from './api/routes.js';
import { type AppPlace, TryPage } from './api/try-page.js';
import { UpstreamViews } from './api/upstreams.js';
import type { Doorkeeper } from './door/doorkeeper.js';
import { exchangeView } from './exchanges/exchange.js';
import { Exchanges } from './exchanges/exchanges.js';
import type { Executions } from './executions/executions.js';
import { readJson, refuse, secure, sendJson, sendRead } from './http/answer.js';
import { UiFiles } from './http/ui-files.js';

/** Where it stands on the management port. */
export const INSPECTOR_PATH = '/inspector';
const API = `${INSPECTOR_PATH}/api/`;

/** The built pages, as this file sees them from where it is built to itself. */
const UI = fileURLToPath(new URL('ui', import.meta.url));

/** What it shows, out of what an app provides; what an app does not have is undefined. */
export interface Shown {
  readonly executions: Executions;
  readonly pages: PageRegistry;
  readonly problems: BootProblems;
  readonly clock: Clock;
  readonly metrics: Metrics | undefined;
  readonly routes: RouteRegistry | undefined;
  readonly upstreams: UpstreamRegistry | undefined;
  readonly source: InstanceSource | undefined;
  /** As it holds now. */
  readonly throttling: () => ThrottlingOptions | undefined;
  readonly door: Door | undefined;
  readonly live: LiveConfiguration | undefined;
  readonly app: Omit<AppView, 'isLocked'>;
  /** Where the app's own port is; asked when it is needed. */
  readonly place: () => AppPlace;
}

type Answer = (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => unknown;

/** Shows an app to its developers: its pages' plans, what becomes of them, its routes, upstreams, limits and configuration. */
export class Inspector {
  private readonly files = new UiFiles(UI);
  private readonly views: UpstreamViews;
  private readonly routes: RouteViews;
  private readonly exchanges: Exchanges;
  private readonly live: LiveStream;
  private readonly history: History | undefined;
  private readonly tryPage: TryPage;
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly shown: Shown,
    private readonly doorkeeper: Doorkeeper,
  ) {
    const { routes, upstreams, source, metrics, clock, executions, pages, place } = shown;
    this.views = new UpstreamViews(upstreams, source, metrics, clock);
    this.routes = new RouteViews(routes, metrics);
    this.exchanges = new Exchanges(clock);
    const standing = { upstreams: () => this.views.all(), routes: () => this.routes.figures() };
    this.live = new LiveStream({ executions, exchanges: this.exchanges, ...standing }, clock);
    this.history = metrics && new History(metrics, clock, sample => this.live.sampled(sample));
    this.tryPage = new TryPage(pages, executions, place, clock);
  }

  /** Takes its place on the management port. */
  open(management: ManagementServer): void {
    management.mount(INSPECTOR_PATH, (request, response, query) => this.answer(request, response, query));
    this.history?.start();
    this.unsubscribe = this.shown.routes?.subscribe(end => this.exchanges.ended(end));
  }

  /** Ends what it does by itself. Safe to call twice. */
  close(): void {
    this.history?.stop();
    this.unsubscribe?.();
    this.live.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    secure(response);
    const path = (request.url ?? '/').split('?', 1)[0]!;
    if (path.startsWith(API)) return this.answerApi(path.slice(API.length), request, response, query);
    const refusal = this.doorkeeper.refusesSight(request);
    if (refusal !== undefined) return refuse(response, refusal.status, refusal.title);
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuseMethod(response, 'GET, HEAD');
    // Relative addresses would else be looked for one folder up.
    if (path === INSPECTOR_PATH) return void response.writeHead(308, { Location: `${INSPECTOR_PATH}/` }).end();
    if (!this.files.isBuilt) return refuse(response, 503, 'The pages of the inspector are not built: npm run build');
    await this.files.send(path.slice(INSPECTOR_PATH.length + 1), response);
  }

  private async answerApi(
    name: string,
    request: IncomingMessage,
    response: ServerResponse,
    query: URLSearchParams,
  ): Promise<void> {
    const isLogin = name === 'login';
    const refusal = isLogin ? this.doorkeeper.refusesAsking(request) : this.doorkeeper.refusesKnowing(request);
    if (refusal !== undefined) {
      if (refusal.status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="inspector"');
      return refuse(response, refusal.status, refusal.title);
    }
    const [kind, id] = name.split('/', 2) as [string, string?];
    const answers = id === undefined ? this.answers : this.answersOf(id);
    const methods = Object.hasOwn(answers, kind) ? answers[kind as keyof typeof answers] : undefined;
    if (methods === undefined) return refuse(response, 404, 'There is nothing here');
    const method = request.method === 'HEAD' ? 'GET' : request.method!;
    if (!Object.hasOwn(methods, method)) return refuseMethod(response, Object.keys(methods).join(', '));
    await (methods as Readonly<Record<string, Answer>>)[method]!(request, response, query);
  }

  private readonly answers = {
    app: this.reading(() => ({ ...this.shown.app, isLocked: this.doorkeeper.isLocked }) satisfies AppView),
    pages: this.reading(() =>
      pageViews(this.shown.pages.plans, new ObservedCalls(this.shown.executions.all()), this.deprecations()),
    ),
    executions: this.reading(query => executionList(this.shown.executions, query)),
    routes: this.reading(() => this.routes.all(this.deprecations())),
    deprecations: this.reading(query => this.deprecations().all(deprecationQuery(query))),
    exchanges: this.reading(query => exchangeList(this.exchanges, query)),
    upstreams: this.reading(() => this.views.all()),
    history: this.reading(() => this.history?.all ?? []),
    limits: this.reading(() => limitsView(this.shown.throttling(), this.shown.door, this.shown.metrics)),
    configuration: this.reading(() => this.shown.problems.configuration.all),
    'live-configuration': this.reading(() => this.shown.live?.state ?? null),
    live: {
      GET: (_: IncomingMessage, response: ServerResponse) =>
        this.live.hasRoom ? this.live.open(response) : refuse(response, 503, 'Too many are looking already'),
    },
    try: {
      POST: (request: IncomingMessage, response: ServerResponse) =>
        sendRead(response, async () => this.tryPage.run(await readJson(request))),
    },
    login: { POST: (request: IncomingMessage, response: ServerResponse) => this.logIn(request, response) },
    logout: {
      POST: (_: IncomingMessage, response: ServerResponse) =>
        response.writeHead(204, { 'Set-Cookie': this.doorkeeper.logOut() }).end(),
    },
  };

  private reading(read: (query: URLSearchParams) => unknown): { readonly GET: Answer } {
    return { GET: (_, response, query) => sendRead(response, () => read(query)) };
  }

  private deprecations(): Deprecations {
    const { pages, routes, upstreams, metrics, clock } = this.shown;
    return new Deprecations({ plans: () => pages.plans, routes, upstreams, metrics, clock });
  }

  /** What there is one of for each id. */
  private answersOf(text: string) {
    const id = /^\d{1,15}$/.test(text) ? Number(text) : -1;
    return {
      executions: this.readingOne('execution', () => this.shown.executions.byId(id), executionView),
      exchanges: this.readingOne('exchange', () => this.exchanges.byId(id), exchangeView),
    };
  }

  private readingOne<T>(
    what: string,
    find: () => T | undefined,
    view: (found: T) => unknown,
  ): { readonly GET: Answer } {
    return {
      GET: (_, response) => {
        const found = find();
        if (found === undefined) refuse(response, 404, `This ${what} is not kept any more`);
        else sendJson(response, view(found));
      },
    };
  }

  private async logIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await readJson(request)) as { token?: unknown } | null | undefined;
    const cookie = typeof body?.token === 'string' ? this.doorkeeper.logIn(body.token) : undefined;
    if (cookie === undefined) return refuse(response, 401, 'This is not the token');
    response.writeHead(204, { 'Set-Cookie': cookie }).end();
  }
}

function refuseMethod(response: ServerResponse, allowed: string): void {
  response.setHeader('Allow', allowed);
  refuse(response, 405, 'This method is not for this');
}
