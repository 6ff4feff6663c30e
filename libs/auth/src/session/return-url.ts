const MAX_LENGTH = 2_048;
// Browsers take `\` for `/`, and drop tabs and line ends before they look: printable ASCII only, a URL's own letters.
const LOCAL = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;
const ENCODED_SLASH = /^\/(?:%2f|%5c)/i;

/**
 * Tells where a login may send the browser: a path of this app, never another site.
 * @param origin  the app's own
 * @returns the path with its query, or undefined where it is anything else
 */
export function localReturnUrl(given: unknown, origin: string): string | undefined {
  if (given === undefined) return '/';
  if (typeof given !== 'string' || given.length > MAX_LENGTH) return undefined;
  if (!LOCAL.test(given) || ENCODED_SLASH.test(given)) return undefined;
  if (!URL.canParse(given, origin)) return undefined;
  const url = new URL(given, origin);
  if (url.origin !== origin || url.pathname.startsWith('//') || ENCODED_SLASH.test(url.pathname)) return undefined;
  // Not to the session's own doors: a login that ends in a logout would be somebody's joke.
  if (/^\/bff(?:\/|$)/i.test(url.pathname)) return undefined;
  return url.pathname + url.search + url.hash;
}
