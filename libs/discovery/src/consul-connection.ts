import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import Consul from 'consul';
import { type ConsulOptions, parseConsulAddress } from './consul.options.js';

/** A query that can be taken back: `cancel()` makes it reject. */
export class Cancellation {
  /** What npm's `consul` calls a context. */
  readonly context = Object.assign(new EventEmitter(), { includeResponse: true, canceled: false });

  cancel(): void {
    this.context.canceled = true;
    this.context.emit('cancel');
  }
}

/** The parts of npm's `consul` (and `papi` below it) that its types leave out. */
export interface Untyped {
  _ext(event: 'onRequest', extension: (request: PapiRequest, next: () => void) => void): void;
  _get(request: object): Promise<PapiResponse>;
  _put(request: object): Promise<PapiResponse>;
  _delete(request: object): Promise<PapiResponse>;
}

interface PapiRequest {
  transport: { request(options: http.RequestOptions): http.ClientRequest };
  req: http.RequestOptions;
}

type PapiResponse = http.IncomingMessage & { body?: unknown };

const MAX_BODY_BYTES = 16 * 1024 * 1024;

/**
 * Makes npm's `consul` and the agent that keeps its connections. Every request of it settles.
 * @param maxConnections  how many connections to the agent may be open; further calls queue
 * @throws TypeError  when the address of Consul is none
 */
export function connectConsul(
  options: ConsulOptions,
  maxConnections: number,
): { readonly consul: Consul; readonly agent: http.Agent } {
  const endpoint = parseConsulAddress(options.address);
  if (typeof endpoint === 'string') throw new TypeError(`the address of Consul ${endpoint}`);
  const { host, port } = endpoint;
  const secure = endpoint.isSecure || options.isSecure;
  const agentOptions = { keepAlive: true, maxSockets: maxConnections };
  const agent = secure
    ? new https.Agent({ ...agentOptions, ...(options.caFile !== undefined && { ca: readFileSync(options.caFile) }) })
    : new http.Agent(agentOptions);
  const consul = new Consul({
    host: host.includes(':') ? `[${host}]` : host,
    port,
    secure,
    agent,
    defaults: { ...(options.token !== undefined && { token: options.token }) },
  });
  untyped(consul)._ext('onRequest', (request, next) => {
    request.req.hostname = host;
    request.transport = bounded(request.transport);
    next();
  });
  return { consul, agent };
}

/** What its types leave out. */
export function untyped(consul: Consul): Untyped {
  return consul as unknown as Untyped;
}

/**
 * papi never settles a request whose answer breaks off half-way, and takes a body of any size. This makes both an error
 * of the request, which it does handle.
 */
function bounded(transport: PapiRequest['transport']): PapiRequest['transport'] {
  return {
    request(options) {
      const request = transport.request(options);
      request.once('response', (response: http.IncomingMessage) => {
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > MAX_BODY_BYTES) response.destroy(new Error(`answer over ${MAX_BODY_BYTES} bytes`));
        });
        response.once('error', error => request.emit('error', error));
      });
      return request;
    },
  };
}
