/** Where the visitor is: the pages of the store, or nowhere. */
export type Route =
  | { readonly kind: 'home' }
  | { readonly kind: 'search'; readonly query: string; readonly page: number }
  | { readonly kind: 'film'; readonly id: string }
  | { readonly kind: 'account' }
  | { readonly kind: 'nowhere' };

/** The route that an address shows. `url` may be any address of this origin. */
export function routeOf(url: URL): Route {
  const path = url.pathname.replace(/(.)\/+$/, '$1');
  if (path === '/') return { kind: 'home' };
  if (path === '/account') return { kind: 'account' };
  if (path === '/search') {
    const query = (url.searchParams.get('query') ?? '').trim();
    return { kind: 'search', query, page: Math.max(1, Math.floor(Number(url.searchParams.get('page') ?? 1)) || 1) };
  }
  const film = /^\/films\/([^/]+)$/.exec(path);
  const id = film?.[1] === undefined ? undefined : decoded(film[1]);
  return id === undefined ? { kind: 'nowhere' } : { kind: 'film', id };
}

/** The address of a route inside the store. */
export function addressOf(route: Exclude<Route, { kind: 'nowhere' }>): string {
  switch (route.kind) {
    case 'home':
      return '/';
    case 'account':
      return '/account';
    case 'search':
      return `/search?query=${encodeURIComponent(route.query)}${route.page > 1 ? `&page=${route.page}` : ''}`;
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
