import type { Principal } from 'guichet/kernel';

/** Who a verified token speaks of, and until when. */
export interface VerifiedToken {
  readonly principal: Principal;
  /** The instant it ends: milliseconds since 1970. */
  readonly expiresAtEpochMs: number;
}

/**
 * Tells who a bearer token speaks of. A port: {@link JwtVerifier} reads RFC 9068 tokens; opaque tokens (introspection) and
 * DPoP-bound ones are other implementations.
 */
export abstract class TokenVerifier {
  /**
   * @param token  as it came, a b64token
   * @throws TokenRejected    if it is not to be believed
   * @throws KeysUnavailable  if that cannot be told now
   */
  abstract verify(token: string): Promise<VerifiedToken>;
}
