// Nest's internals, which may be evaluated first, need it and do not load it.
import 'reflect-metadata';
export type { ExchangeEnd, ExchangeListener, ExchangeOutcome } from './exchange-end.js';
export { REQUEST_HEADERS, RESPONSE_HEADERS } from './declaration/passed-headers.js';
export {
  ROUTE_METHODS,
  type RouteConfig,
  type RouteMethod,
  type RouteOptions,
  type RoutesOptions,
} from './declaration/route.options.js';
export { RouteRegistry } from './route.registry.js';
export { RoutesModule } from './routes.module.js';
export type { ServedRoute } from './served-route.js';
export type { DeclaredRoute } from './declaration/declared-route.js';
