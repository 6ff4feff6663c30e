import type { DeclaredRoute } from '../declaration/declared-route.js';
import { fillPath, matchPath } from '../declaration/route-path.js';

/**
 * Rewrites a redirect of an upstream to the route that leads to the same place.
 * @param location  the upstream's header
 * @param origin    the instance's own, `http://10.0.0.7:8080`: what it takes for its address
 * @param routes    of the same upstream
 * @returns undefined where it names the upstream's own address and no route leads there: nobody outside is told of it
 */
export function rewriteLocation(
  location: string,
  origin: string,
  routes: readonly DeclaredRoute[],
): string | undefined {
  const isAbsolute = !location.startsWith('/') || location.startsWith('//');
  if (isAbsolute) {
    if (!URL.canParse(location)) return location;
    if (new URL(location).host !== new URL(origin).host) return location;
  }
  const { pathname, search, hash } = new URL(location, origin);
  for (const route of routes) {
    const values = matchPath(route.to, pathname, []);
    if (values === undefined) continue;
    const order = route.path.names.map(name => route.to.names.indexOf(name));
    if (!order.includes(-1)) return fillPath(route.path, values, order) + search + hash;
  }
  return isAbsolute ? undefined : location;
}
