import type { Hit, Limit } from './limit-store.js';

/**
 * What is left of a limit, as a member of the `RateLimit` field.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export function rateLimitMember(name: string, limit: Limit, hit: Hit): string {
  return `"${name}";r=${Math.max(0, limit.limit - hit.spent)};t=${Math.ceil(hit.resetMs / 1000)}`;
}

/** A limit, as a member of the `RateLimit-Policy` field. Window and time are in seconds. */
export function policyMember(name: string, limit: Limit): string {
  return `"${name}";q=${limit.limit};w=${Math.ceil(limit.windowMs / 1000)}`;
}
