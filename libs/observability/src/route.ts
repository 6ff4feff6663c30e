/**
 * @param request  Express's, once the router has seen it
 * @returns the template of its route, as the code declares it; undefined where no route fits
 */
export function routeOf(request: { readonly route?: { readonly path?: unknown } }): string | undefined {
  // Express takes patterns and lists of them, too.
  const path = request.route?.path;
  return typeof path === 'string' ? path : undefined;
}
