import type { IncomingMessage } from 'node:http';
import type { ClientAddress } from 'guichet/observability';
import { HANDSHAKE_REQUEST } from '../declaration/passed-headers.js';
import type { RouteConfig } from '../declaration/route.options.js';
import { clientOrigin } from './client-origin.js';
import { pickCookies } from './cookies.js';
import { addForwarded } from './forwarded.js';

/** What a route makes of its requests' headers, worked out at boot. */
export interface RequestHeaderRule {
  readonly config: RouteConfig;
  /** `1.1 web` */
  readonly via: string;
  readonly addresses: ClientAddress;
}

/**
 * The headers of a request as they go on: what the route lets pass, without what the client's `Connection` names, and what the
 * gateway says itself. Each name once: of doubled ones what Node made of them, so that nobody downstream reads another.
 * @returns names and values, alternating
 */
export function requestHeaders(request: IncomingMessage, { config, via, addresses }: RequestHeaderRule): string[] {
  const { headers } = request;
  const nominated = nominatedBy(headers.connection);
  const list: string[] = [];
  const pass = (name: string): void => {
    const value = headers[name];
    if (value === undefined || nominated?.has(name)) return;
    list.push(name, typeof value === 'string' ? value : value.join(', '));
  };
  for (const name of config.requestHeaders) pass(name);
  if (config.upgrade !== undefined) for (const name of HANDSHAKE_REQUEST) pass(name);
  const cookie = pickCookies(headers.cookie, config.requestCookies);
  if (cookie !== undefined) list.push('cookie', cookie);
  const before = headers.via !== undefined && addresses.trusts(request.socket.remoteAddress) ? headers.via : undefined;
  list.push('via', before === undefined ? via : `${before}, ${via}`);
  if (config.forwarded !== 'none') addForwarded(list, config.forwarded, clientOrigin(request, addresses));
  return list;
}

/** @returns the names in a `Connection` header, in lower case; undefined where it says nothing of headers */
export function nominatedBy(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined;
  return new Set(
    connection
      .toLowerCase()
      .split(',')
      .map(name => name.trim()),
  );
}
