import { generateKeyPairSync } from 'node:crypto';
import type { JWK } from 'oidc-provider';

/** @returns a new key to sign with, private: every run of the example has its own */
export function signingKey(): JWK {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: 'example-1', use: 'sig', alg: 'RS256' } as JWK;
}
