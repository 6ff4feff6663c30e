import type { UpstreamRequest } from './upstream-request.js';

/**
 * @returns whether a call's answer may serve others that ask the same: a GET or HEAD of which it is known on whose behalf
 * it is made
 */
export function isShareable({ method, identityKey }: UpstreamRequest): boolean {
  return identityKey !== undefined && (method === 'GET' || method === 'HEAD');
}

/**
 * Whether two calls of one upstream come to the same value: same method, URL, declared headers, identity and locale, read by
 * the same reader and schema within the same limits. What differs with every request (id, trace, deadline) does not count.
 */
export function asksTheSame(one: UpstreamRequest, other: UpstreamRequest): boolean {
  return (
    one.target === other.target &&
    one.identityKey === other.identityKey &&
    one.method === other.method &&
    one.schema === other.schema &&
    one.reader === other.reader &&
    one.maxBytes === other.maxBytes &&
    one.timeoutMs === other.timeoutMs &&
    one.maxRetries === other.maxRetries &&
    one.isHedged === other.isHedged &&
    one.isPublic === other.isPublic &&
    one.body === other.body &&
    one.idempotencyKey === other.idempotencyKey &&
    one.context.request.locale === other.context.request.locale &&
    one.context.request.isRepetition === other.context.request.isRepetition &&
    haveSameHeaders(one.headers, other.headers)
  );
}

function haveSameHeaders(one: readonly string[], other: readonly string[]): boolean {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}
