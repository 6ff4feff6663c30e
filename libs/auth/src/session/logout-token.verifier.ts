import { jwtVerify, type JWTPayload } from 'jose';
import { type Clock, systemClock } from 'guichet/kernel';
import { joseRejection } from '../bearer/jose-rejection.js';
import type { KeySet } from '../bearer/key-set.js';
import { readTokenHeader } from '../bearer/token-header.js';
import { KeysUnavailable, TokenRejected } from '../bearer/token-rejected.js';
import type { SessionsOf } from './session-store.js';

/** What a logout token asks for. */
export interface LogoutDemand {
  readonly sessions: SessionsOf;
  /** The token's own name, by which its replay is known. */
  readonly jti: string;
}

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const TYPE = /^(?:(?:application\/)?logout\+jwt|jwt|)$/i;
const MAX_BYTES = 8_192;
const TOLERANCE_S = 30;

/** Seconds after its issue in which a logout token counts; its `jti` is remembered longer. */
export const LOGOUT_TOKEN_LIFE_S = 300;

/**
 * Verifies the token by which an issuer ends sessions.
 * @see https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation
 */
export class LogoutTokenVerifier {
  constructor(
    private readonly issuer: string,
    private readonly clientId: string,
    private readonly keys: KeySet,
    private readonly clock: Clock = systemClock,
  ) {}

  /**
   * @throws TokenRejected    if it is not to be believed
   * @throws KeysUnavailable  if that cannot be told now
   */
  async verify(token: string): Promise<LogoutDemand> {
    const { kid, alg } = readTokenHeader(token, ALGORITHMS, MAX_BYTES, TYPE);
    const found = await this.keys.find(kid, alg);
    if (!found) throw new TokenRejected('unknown-key', 'no key for it');
    let claims: JWTPayload;
    try {
      ({ payload: claims } = await jwtVerify(token, found.key, {
        algorithms: [alg],
        issuer: this.issuer,
        audience: this.clientId,
        clockTolerance: TOLERANCE_S,
        maxTokenAge: LOGOUT_TOKEN_LIFE_S,
        currentDate: new Date(this.clock.epochMs()),
        requiredClaims: ['iat', 'jti', 'events'],
      }));
    } catch (error) {
      if (error instanceof KeysUnavailable) throw error;
      throw joseRejection(error);
    }
    return demandOf(claims, this.issuer);
  }
}

function demandOf({ events, nonce, sid, sub, jti }: JWTPayload, issuer: string): LogoutDemand {
  // An ID token has a nonce, or no events: neither must end a session.
  if (nonce !== undefined) throw new TokenRejected('claims', 'has a nonce');
  const event: unknown = isObject(events) ? events[EVENT] : undefined;
  if (!isObject(event)) throw new TokenRejected('claims', 'does not tell of a logout');
  if (typeof jti !== 'string' || jti === '') throw new TokenRejected('claims', 'jti is no text');
  if (typeof sid === 'string' && sid !== '') return { sessions: { issuer, sid }, jti };
  if (sid === undefined && typeof sub === 'string' && sub !== '') return { sessions: { issuer, subject: sub }, jti };
  throw new TokenRejected('claims', 'names neither sid nor sub');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
