import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from './refusal.js';

/** A request as a route's handler sees it. */
export interface ServiceRequest {
  /** The pattern's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The parsed JSON body; undefined when there is none. */
  readonly body: unknown;
}

/** An answer with a status or headers of its own; any other value a handler returns is sent as JSON with 200. */
export class Reply {
  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}

/** One endpoint of a service. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `/films/:id`: a parameter takes exactly one segment. */
  readonly pattern: string;
  /** @throws Refusal  for every answer that is a problem */
  readonly handle: (request: ServiceRequest) => unknown;
}

/** A service: its name in Consul and its endpoints. */
export interface ServiceDefinition {
  readonly name: string;
  readonly routes: readonly Route[];
  /** Whether it answers over NATS as well, where there is a broker. */
  readonly answersOverNats?: boolean;
}

/** Where a request goes. */
export interface RouteMatch {
  readonly route: Route;
  readonly params: Record<string, string>;
}

/**
 * Finds the endpoint of a request: the first in declaration order.
 * @param path  the request's path, not decoded, without its query
 * @throws Refusal  404 for an unknown path, 405 for a known one with another method, 400 for one that cannot be decoded
 */
export function matchRoute(routes: readonly Route[], method: string, path: string): RouteMatch {
  const segments = path.split('/');
  const fitting = routes.filter(route => fits(route.pattern.split('/'), segments));
  if (fitting.length === 0) throw new Refusal(404, 'no-such-path', 'There is nothing at this path.');
  const route = fitting.find(candidate => candidate.method === method);
  if (!route)
    throw new Refusal(405, 'no-such-method', `Allowed here: ${fitting.map(other => other.method).join(', ')}.`);
  const params: Record<string, string> = {};
  route.pattern.split('/').forEach((part, index) => {
    if (part.startsWith(':')) params[part.slice(1)] = decode(segments[index]!);
  });
  return { route, params };
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) => (part.startsWith(':') ? segments[index] !== '' : part === segments[index]))
  );
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Refusal(400, 'malformed-path', 'The path is not correctly percent-encoded.');
  }
}
