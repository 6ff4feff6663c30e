/**
 * Makes the request target of an axios URL. It may only name a path of the upstream: what axios would send elsewhere
 * (an absolute URL, `//host`) or what servers would resolve to another path (`..`) is refused.
 * @param url  path and query as axios built them; the leading slash may be missing
 * @returns path and query, encoded as the WHATWG URL standard does
 * @throws TypeError  if it is no such path
 */
export function axiosTarget(url: string): string {
  if (/^[a-z][a-z\d+.-]*:/i.test(url) || /^[/\\]{2}/.test(url)) {
    throw new TypeError('the URL must be relative to the upstream; its host comes from discovery');
  }
  // eslint-disable-next-line no-control-regex -- the URL parser would drop these silently
  if (/[\u0000-\u001f\u007f\\]/.test(url))
    throw new TypeError('the URL must not hold control characters or backslashes');
  const path = url.replace(/[?#].*$/s, '');
  if (path.split('/').some(segment => /^(?:\.|%2e){1,2}$/i.test(segment))) {
    throw new TypeError('the URL must not have "." or ".." segments');
  }
  const parsed = new URL(url.startsWith('/') ? url : `/${url}`, 'http://upstream');
  return parsed.pathname + parsed.search;
}
