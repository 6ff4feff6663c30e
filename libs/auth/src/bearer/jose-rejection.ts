import { errors } from 'jose';
import { TokenRejected, type TokenRejection } from './token-rejected.js';

const CLAIMS: Readonly<Record<string, TokenRejection>> = { iss: 'issuer', aud: 'audience', nbf: 'not-yet' };

/** @returns what `jose` found wrong with a token, in our words */
export function joseRejection(error: unknown): TokenRejected {
  return new TokenRejected(reasonOf(error), error instanceof Error ? error.message : String(error), { cause: error });
}

function reasonOf(error: unknown): TokenRejection {
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return CLAIMS[error.claim] ?? 'claims';
  return error instanceof errors.JOSEAlgNotAllowed ? 'algorithm' : 'malformed';
}
