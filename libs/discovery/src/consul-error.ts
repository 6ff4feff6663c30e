/** Consul's words for a token that it does not know, of its servers and, with more around them, of its agents. */
const TOKEN_IS_UNKNOWN = /ACL not found/i;

/** Consul answered, but hid what the token may not see: for whoever asked that is a refusal as well. */
export class HiddenError extends Error {
  readonly statusCode = 403;

  /** @param rule  what would show it: see {@link policyRule} */
  constructor(readonly rule: string) {
    super('hidden by ACLs');
  }
}

/**
 * @param name  of the service, key, …; for a prefix how it begins
 * @returns what a token's policy must say, in Consul's own language: `service "catalog" { policy = "read" }`
 */
export function policyRule(
  resource: 'service' | 'node_prefix' | 'key' | 'key_prefix',
  name: string,
  policy: 'read' | 'write',
): string {
  return `${resource} ${JSON.stringify(name)} { policy = "${policy}" }`;
}

/** @returns whether Consul understood and will not: the token does not allow it */
export function isRefused(error: unknown): boolean {
  return (error as { statusCode?: unknown }).statusCode === 403;
}

/**
 * Says what went wrong with a call to Consul, on one line and without anything secret. Of a refusal it says the mend: nothing of Consul's
 * own words, which may name tokens.
 * @param rule  what the token needs for this call: see {@link policyRule}
 */
export function describeConsulError(error: unknown, rule: string): string {
  const { code, statusCode, message } = error as { code?: unknown; statusCode?: unknown; message?: unknown };
  if (isRefused(error)) {
    return TOKEN_IS_UNKNOWN.test(String(message))
      ? 'it knows no such token as CONSUL_HTTP_TOKEN says: it was revoked, has expired, or is another Consul’s'
      : `not allowed: the policy of the token in CONSUL_HTTP_TOKEN needs ${(error as Partial<HiddenError>).rule ?? rule}`;
  }
  if (typeof statusCode === 'number') return `status ${statusCode}`;
  return typeof code === 'string' ? code : JSON.stringify(String(message ?? error).slice(0, 200));
}
