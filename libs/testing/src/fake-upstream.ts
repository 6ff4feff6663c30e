import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Instance } from 'guichet/discovery';
import type { PathParams } from 'guichet/upstream';
import { FakeAnswer, reply } from './fake-upstream-answer.js';

/** One request as a fake upstream received it. */
export interface ReceivedRequest<Names extends string = string> {
  readonly method: string;
  /** Path and query as they stood on the wire. */
  readonly url: string;
  readonly path: string;
  /** The route's parameters, decoded. */
  readonly params: Readonly<Record<Names, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Parsed where it is JSON, else the text; undefined where there is none. */
  readonly body: unknown;
  /** Tells connections apart: 1 for the first, and so on. */
  readonly connection: number;
  /** Resolves when the exchange is over: to whether the caller went before it had the whole answer. */
  readonly closed: Promise<'answered' | 'abandoned'>;
}

type NamesOf<Route extends string> = Route extends `${string} ${infer Path}` ? keyof PathParams<Path> & string : string;

/** What a route gives: a value to send as JSON with 200, or a {@link FakeAnswer}. */
export type RouteHandler<Route extends string = string> = (request: ReceivedRequest<NamesOf<Route>>) => unknown;

/** Routes by `'GET /products/:id'`. */
export type FakeRoutes<Routes extends string> = { readonly [Route in Routes]: RouteHandler<Route> };

interface CompiledRoute {
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly handler: RouteHandler;
}

/**
 * A small real HTTP server that stands for one instance of an upstream, on a free loopback port. What no route matches
 * is 404, and recorded like everything else.
 */
export class FakeUpstream {
  /** Every request so far, in order of arrival. */
  readonly requests: ReceivedRequest[] = [];
  private readonly routes: CompiledRoute[] = [];
  private connections = 0;
  private readonly numbers = new WeakMap<object, number>();
  private waiting: { count: number; resolve: () => void }[] = [];
  private readonly server: Server;

  constructor(routes: Readonly<Record<string, RouteHandler>>) {
    for (const [route, handler] of Object.entries(routes)) this.on(route, handler);
    this.server = createServer((request, response) => void this.handle(request, response));
    this.server.on('connection', socket => this.numbers.set(socket, ++this.connections));
  }

  /** The port it listens on. */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** How many connections were made to it so far. */
  get connectionCount(): number {
    return this.connections;
  }

  /** Begins to listen; on a free port unless one is given. */
  async listen(port = 0): Promise<this> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  /** Adds a route, or replaces it from now on. */
  on<Name extends string>(route: Name, handler: RouteHandler<Name>): this {
    const [method, path] = route.split(' ') as [string, string];
    const names = [...path.matchAll(/:(\w+)/g)].map(match => match[1]!);
    const source = path
      .split('/')
      .map(segment => (segment.startsWith(':') ? '([^/]*)' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
      .join('/');
    this.routes.unshift({ pattern: new RegExp(`^${method} ${source}$`), names, handler: handler as RouteHandler });
    return this;
  }

  /** It as discovery would know it. */
  instance(service: string, values: Partial<Instance> = {}): Instance {
    const port = this.port;
    return { id: `${service}-${port}`, service, host: '127.0.0.1', port, weight: 1, tags: [], meta: {}, ...values };
  }

  /** Resolves to the n-th request (1 is the first) once it has arrived. */
  async received(n: number): Promise<ReceivedRequest> {
    if (this.requests.length < n) {
      await new Promise<void>(resolve => this.waiting.push({ count: n, resolve }));
    }
    return this.requests[n - 1]!;
  }

  /** Stops at once, connections included. Safe to call twice. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    const closed = new Promise<'answered' | 'abandoned'>(resolve => {
      response.once('close', () => {
        gone.abort();
        resolve(response.writableFinished ? 'answered' : 'abandoned');
      });
    });
    incoming.on('error', () => {});
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const url = incoming.url!;
    const path = url.split('?', 1)[0]!;
    const route = this.routes.find(({ pattern }) => pattern.test(`${incoming.method} ${path}`));
    const received: ReceivedRequest = {
      method: incoming.method!,
      url,
      path,
      params: paramsOf(route, `${incoming.method} ${path}`),
      query: new URLSearchParams(url.slice(path.length)),
      headers: incoming.headers,
      body: parsed(Buffer.concat(chunks).toString('utf8')),
      connection: this.numbers.get(incoming.socket) ?? 0,
      closed,
    };
    this.requests.push(received);
    for (const { count, resolve } of this.waiting) if (this.requests.length >= count) resolve();
    this.waiting = this.waiting.filter(({ count }) => this.requests.length < count);
    const answer = route ? await route.handler(received) : reply(404, { error: 'no such route' });
    await (answer instanceof FakeAnswer ? answer : reply(200, answer)).write(response, gone.signal);
  }
}

/** Starts a {@link FakeUpstream}: `await fakeUpstream({ 'GET /products/:id': ({ params }) => ({ id: params.id }) })`. */
export async function fakeUpstream<Routes extends string = never>(routes?: FakeRoutes<Routes>): Promise<FakeUpstream> {
  return new FakeUpstream((routes ?? {}) as Readonly<Record<string, RouteHandler>>).listen();
}

function paramsOf(route: CompiledRoute | undefined, line: string): Record<string, string> {
  if (!route) return {};
  const values = route.pattern.exec(line)!.slice(1);
  return Object.fromEntries(route.names.map((name, i) => [name, decodeURIComponent(values[i]!)]));
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
