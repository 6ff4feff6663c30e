import { jwtVerify, type JWTPayload } from 'jose';
import { type Clock, type Principal, systemClock } from 'guichet/kernel';
import { joseRejection } from './jose-rejection.js';
import type { KeySet } from './key-set.js';
import { KeysUnavailable, TokenRejected } from './token-rejected.js';
import { readTokenHeader } from './token-header.js';
import { TokenVerifier, type VerifiedToken } from './token-verifier.js';

/** What a {@link JwtVerifier} insists on. */
export interface JwtVerifierOptions {
  /** The exact `iss`. */
  readonly issuer: string;
  /** One that `aud` must hold. */
  readonly audience: string;
  /** The algorithms accepted. */
  readonly algorithms: readonly string[];
  /** Seconds by which the issuer's clock may differ. */
  readonly clockToleranceS: number;
  /** Bytes a token has at the most. */
  readonly maxBytes: number;
}

/**
 * Verifies access tokens of RFC 9068. The signature is `jose`'s work; what it leaves open is closed before and after.
 * @see https://www.rfc-editor.org/rfc/rfc9068#section-4
 */
export class JwtVerifier extends TokenVerifier {
  constructor(
    private readonly options: JwtVerifierOptions,
    private readonly keys: KeySet,
    private readonly clock: Clock = systemClock,
  ) {
    super();
  }

  override async verify(token: string): Promise<VerifiedToken> {
    const { algorithms, maxBytes } = this.options;
    const header = readTokenHeader(token, algorithms, maxBytes);
    const found = await this.keys.find(header.kid, header.alg);
    if (!found) throw new TokenRejected('unknown-key', 'no key for it');
    const claims = await this.verifySignature(token, found.key, header.alg);
    return { principal: principalOf(claims), expiresAtEpochMs: claims.exp! * 1000 };
  }

  private async verifySignature(token: string, key: Parameters<typeof jwtVerify>[1], alg: string): Promise<JWTPayload> {
    const { issuer, audience, clockToleranceS } = this.options;
    try {
      const { payload } = await jwtVerify(token, key as Exclude<typeof key, Function>, {
        algorithms: [alg],
        issuer,
        audience,
        clockTolerance: clockToleranceS,
        currentDate: new Date(this.clock.epochMs()),
        requiredClaims: ['exp', 'iat', 'sub'],
      });
      for (const name of ['exp', 'iat', 'nbf'] as const) {
        const value: unknown = payload[name];
        // JSON's 1e400 is a number to typeof, and a date that never comes.
        if (value !== undefined && !Number.isSafeInteger(Math.trunc(value as number)))
          throw new TokenRejected('claims', `${name} is no date`);
      }
      if (payload.iat! > this.clock.epochMs() / 1000 + clockToleranceS)
        throw new TokenRejected('not-yet', 'issued in the future');
      if (typeof payload.sub !== 'string' || payload.sub === '') throw new TokenRejected('claims', 'no subject');
      return payload;
    } catch (error) {
      if (error instanceof TokenRejected || error instanceof KeysUnavailable) throw error;
      throw joseRejection(error);
    }
  }
}

function principalOf(claims: JWTPayload): Principal {
  return Object.freeze({ issuer: claims.iss!, subject: claims.sub!, claims: Object.freeze(claims) });
}
