/** What an HTTP framework knows of a request's route. */
interface Routed {
  /** Fastify's. */
  readonly routeOptions?: { readonly url?: string | undefined };
  /** Express's. */
  readonly route?: { readonly path?: unknown };
}

/**
 * @param request  Fastify's or Express's, once the router has seen it; Node's own knows no routes
 * @returns the template of its route, as the code declares it; undefined where no route fits
 */
export function routeOf(request: object): string | undefined {
  const { routeOptions, route } = request as Routed;
  if (routeOptions !== undefined) return routeOptions.url;
  // Express takes patterns and lists of them, too.
  return typeof route?.path === 'string' ? route.path : undefined;
}
