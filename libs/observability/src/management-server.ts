import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { ManagementOptions } from './management-options.js';

/**
 * Answers one management request.
 * @param query  what stands behind the `?`
 */
export type ManagementHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
) => void | Promise<void>;

/** Milliseconds a client may take to send its request; a probe needs none. */
const REQUEST_TIMEOUT_MS = 10_000;

/**
 * The app's second door, for its operators: health with details, metrics, the inspector. It starts with the app's
 * modules and ends after everything else, so that probes and scrapes see the boot and the drain.
 * Also the injection token; who has something to show registers a route.
 */
export class ManagementServer implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger('Management');
  private readonly routes = new Map<string, ManagementHandler>();
  private readonly mounts = new Map<string, ManagementHandler>();
  private readonly server: Server;

  constructor(private readonly options: ManagementOptions) {
    this.server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
      void this.answer(request, response);
    });
  }

  /**
   * Shows something under an exact path. HEAD is answered by the GET route.
   * @throws Error  if the path is taken
   */
  route(method: 'GET', path: string, handler: ManagementHandler): void {
    if (this.routes.has(path)) throw new Error(`the management route ${method} ${path} is registered twice`);
    this.routes.set(path, handler);
  }

  /**
   * Hands everything at and under a path to one handler, whatever the method: which it takes is its own to say.
   * @param path  of one segment: `/inspector`
   * @throws Error  if the path is taken
   */
  mount(path: string, handler: ManagementHandler): void {
    if (this.mounts.has(path)) throw new Error(`the management path ${path} is mounted twice`);
    this.mounts.set(path, handler);
  }

  /** @returns the port it listens on, or undefined while it does not */
  get port(): number | undefined {
    return (this.server.address() as AddressInfo | null)?.port;
  }

  /** Starts to listen. @throws the system's error, with `code` and `port`, if it cannot */
  async onModuleInit(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.options.port, this.options.host, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
  }

  /** Stops listening and ends what is open. Safe to call twice. */
  async onApplicationShutdown(): Promise<void> {
    if (!this.server.listening) return;
    await new Promise<void>(resolve => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = request.url ?? '/';
    const mark = target.indexOf('?');
    const path = mark === -1 ? target : target.slice(0, mark);
    const mounted = this.mounts.get(path.split('/', 2).join('/'));
    const handler = mounted ?? this.routes.get(path);
    response.setHeader('Cache-Control', 'no-store');
    if (handler === undefined) return refuse(response, 404, 'There is nothing here');
    if (mounted === undefined && request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return refuse(response, 405, 'This is only for reading');
    }
    try {
      await handler(request, response, new URLSearchParams(mark === -1 ? '' : target.slice(mark + 1)));
    } catch (error) {
      this.log.error(error instanceof Error ? error.stack : String(error));
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'This could not be shown; the log says why');
    }
  }
}

// `guichet/problem` stands above this room, so the few problems of this door are written by hand.
function refuse(response: ServerResponse, status: number, title: string): void {
  response.writeHead(status, { 'Content-Type': 'application/problem+json' });
  response.end(JSON.stringify({ type: 'about:blank', title, status }));
}
