import type { BootProblems } from 'guichet/kernel';
import { type DeclaredRoute, declareRoute } from './declared-route.js';
import { methodsOf } from './route-name.js';
import type { RouteOptions } from './route.options.js';

/**
 * Reads all declarations of an app and notes what is wrong with any of them.
 * @returns those with which nothing is
 */
export function declareRoutes(routes: readonly RouteOptions[], problems: BootProblems): readonly DeclaredRoute[] {
  const first = new Map<string, DeclaredRoute>();
  return routes
    .flatMap(options => declareRoute(options, problems) ?? [])
    .filter(route => {
      const shapes = methodsOf(route.config).map(method => `${method} ${shapeOf(route.config.path)}`);
      const taken = shapes.map(shape => first.get(shape)).find(other => other !== undefined);
      if (taken === undefined) for (const shape of shapes) first.set(shape, route);
      else {
        problems.add({
          where: `route ${route.name}`,
          path: 'path',
          message: `${taken.name} takes the same requests`,
          mend: 'change one of the two paths, or leave one route out',
        });
      }
      return taken === undefined;
    });
}

/** A router cannot tell parameters apart by their names. */
function shapeOf(path: string): string {
  return path.replace(/:\w+/g, ':').replace(/\*\w+/g, '*');
}
