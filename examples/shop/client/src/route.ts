/** Where the visitor is: the three pages of the store, or nowhere. */
export type Route =
  | { readonly kind: 'home' }
  | { readonly kind: 'search'; readonly query: string }
  | { readonly kind: 'film'; readonly id: string }
  | { readonly kind: 'nowhere' };

/** The route that an address shows. `url` may be any address of this origin. */
export function routeOf(url: URL): Route {
  const path = url.pathname.replace(/(.)\/+$/, '$1');
  if (path === '/') return { kind: 'home' };
  if (path === '/search') return { kind: 'search', query: (url.searchParams.get('query') ?? '').trim() };
  const film = /^\/films\/([^/]+)$/.exec(path);
  const id = film?.[1] === undefined ? undefined : decoded(film[1]);
  return id === undefined ? { kind: 'nowhere' } : { kind: 'film', id };
}

/** The address of a route inside the store. */
export function addressOf(route: Exclude<Route, { kind: 'nowhere' }>): string {
  switch (route.kind) {
    case 'home':
      return '/';
    case 'search':
      return `/search?query=${encodeURIComponent(route.query)}`;
    case 'film':
      return `/films/${encodeURIComponent(route.id)}`;
  }
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
