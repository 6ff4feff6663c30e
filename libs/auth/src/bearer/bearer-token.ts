import type { IncomingMessage } from 'node:http';

/** What the `Authorization` header of a request holds. */
export type BearerToken =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  /** More than one header, or something that is no bearer token. */
  | { readonly kind: 'malformed' };

const NONE: BearerToken = { kind: 'none' };
const MALFORMED: BearerToken = { kind: 'malformed' };
// RFC 6750's b64token, which a compact JWS fits.
const CREDENTIALS = /^bearer ([\w.~+/-]+=*)$/i;

/**
 * Reads the bearer token. Never from the query or the body, where it would stand in logs and histories.
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1
 */
export function bearerTokenOf(request: IncomingMessage): BearerToken {
  const header = request.headers.authorization;
  if (header === undefined) return NONE;
  // Node keeps the first of several and says nothing; who stands before the app may have looked at another.
  if (countOf('authorization', request.rawHeaders) !== 1) return MALFORMED;
  const token = CREDENTIALS.exec(header)?.[1];
  return token === undefined ? MALFORMED : { kind: 'token', token };
}

function countOf(name: string, rawHeaders: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const candidate = rawHeaders[at]!;
    if (candidate.length === name.length && candidate.toLowerCase() === name) count++;
  }
  return count;
}
