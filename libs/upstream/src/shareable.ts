import type { UpstreamRequest } from './upstream-request.js';

/**
 * @returns whether a call's answer may serve others that ask the same: one that changes nothing, of which it is known on whose behalf
 * it is made
 */
export function isShareable({ isSafe, identityKey }: UpstreamRequest): boolean {
  return isSafe && identityKey !== undefined;
}

/**
 * Whether two calls of one upstream come to the same value: same method, target, body, declared headers, identity, locale and wished subset, read by
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
    haveSameBody(one.body, other.body) &&
    one.idempotencyKey === other.idempotencyKey &&
    one.context.request.locale === other.context.request.locale &&
    one.context.request.wish?.subset === other.context.request.wish?.subset &&
    one.context.request.isRepetition === other.context.request.isRepetition &&
    haveSameHeaders(one.headers, other.headers)
  );
}

function haveSameBody(one: UpstreamRequest['body'], other: UpstreamRequest['body']): boolean {
  return one === other || (Buffer.isBuffer(one) && Buffer.isBuffer(other) && one.equals(other));
}

function haveSameHeaders(one: readonly string[], other: readonly string[]): boolean {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}
