import type { BootProblems } from 'guichet/kernel';
import { type DeclaredRoute, declareRoute } from './declared-route.js';
import { methodsOf } from './route-name.js';
import type { RouteOptions } from './route.options.js';

/** Reads all declarations of an app and notes what is wrong with any of them. */
export function declareRoutes(routes: readonly RouteOptions[], problems: BootProblems): readonly DeclaredRoute[] {
  const declared = routes.flatMap(options => declareRoute(options, problems) ?? []);
  const known = new Map<string, DeclaredRoute>();
  for (const route of declared) {
    for (const method of methodsOf(route.config)) {
      const shape = `${method} ${route.config.path.replace(/:\w+/g, ':').replace(/\*\w+/g, '*')}`;
      const first = known.get(shape);
      if (first === undefined) known.set(shape, route);
      else {
        problems.add({
          where: `route ${route.name}`,
          path: 'path',
          message: `${first.name} takes ${method} of this path too`,
          mend: 'change one of the two paths, or leave one route out',
        });
      }
    }
  }
  return [...new Set(known.values())];
}
