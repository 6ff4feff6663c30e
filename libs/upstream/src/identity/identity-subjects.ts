import { createHash } from 'node:crypto';
import type { Principal } from 'guichet/kernel';
import type { IdentitySubject } from './upstream-identity.js';

/** Claims that tell one token from the next of the same caller, and nothing of the caller. */
const VOLATILE = new Set(['exp', 'iat', 'nbf', 'jti']);

/**
 * What one upstream is told of callers, worked out once per principal: a verified token and a session in memory give the
 * same object each time.
 */
export class IdentitySubjects {
  private readonly known = new WeakMap<Principal, IdentitySubject>();

  /**
   * @param kind    stands in the keys: what is sent another way may be answered another way
   * @param claims  the claims that are sent; undefined for all of them
   */
  constructor(
    private readonly kind: string,
    private readonly claims: readonly string[] | undefined,
  ) {}

  of(principal: Principal): IdentitySubject {
    const known = this.known.get(principal);
    if (known) return known;
    const { issuer, subject } = principal;
    const names = this.claims ?? Object.keys(principal.claims).filter(name => !VOLATILE.has(name));
    const told = names.filter(name => Object.hasOwn(principal.claims, name)).sort();
    const claims = Object.fromEntries(told.map(name => [name, principal.claims[name]]));
    // A digest, so that a key is short whatever the claims are, and can be logged.
    const text = JSON.stringify([issuer, subject, claims]);
    const key = `${this.kind} ${createHash('sha256').update(text).digest('base64url')}`;
    const made = Object.freeze({ key, issuer, subject, claims: Object.freeze(claims) });
    this.known.set(principal, made);
    return made;
  }
}
