import { type DynamicModule, Module } from '@nestjs/common';
import { BootProblems } from 'guichet/kernel';
import { declareRoutes } from './declaration/declare-routes.js';
import type { RouteOptions, RoutesOptions } from './declaration/route.options.js';
import { routeController } from './route-controller.js';
import { DECLARED_ROUTES, type DeclaredRoutes, RouteRegistry } from './route.registry.js';

/**
 * The pass-through routes of an app: what it does not compose but hands on to its upstreams, `/api/*`. Nothing that is not
 * declared is reachable. Needs `UpstreamModule` and Fastify.
 */
@Module({})
export class RoutesModule {
  /** @param routes  all of the app; what is wrong with any of them ends the boot */
  static forRoot(routes: readonly RouteOptions[], options: RoutesOptions = {}): DynamicModule {
    const problems = new BootProblems();
    const declared: DeclaredRoutes = { routes: declareRoutes(routes, problems), problems, options };
    return {
      module: RoutesModule,
      // Who ends the app, and who shows it, want to know of them.
      global: true,
      controllers: declared.routes.map(routeController),
      providers: [{ provide: DECLARED_ROUTES, useValue: declared }, RouteRegistry],
      exports: [RouteRegistry],
    };
  }
}
