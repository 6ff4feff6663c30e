import type { RouteConfig, RouteMethod } from './route.options.js';

/** @returns the methods of a route, each once */
export function methodsOf({ method }: Pick<RouteConfig, 'method'>): readonly RouteMethod[] {
  return [...new Set(typeof method === 'string' ? [method] : method)];
}

/** @returns how a route is called in problems, metrics and logs: `GET /api/films/:id/poster` */
export function routeName(config: Pick<RouteConfig, 'method' | 'path'>): string {
  return `${methodsOf(config).join('|')} ${config.path}`;
}
