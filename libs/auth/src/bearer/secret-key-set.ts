import { createSecretKey } from 'node:crypto';
import type { VerificationKey } from './key-hygiene.js';
import { KeySet } from './key-set.js';

/** One secret shared with the issuer, for HS256: never beside public keys. */
export class SecretKeySet extends KeySet {
  private readonly key: VerificationKey;

  /** @param secret  at least 32 bytes */
  constructor(secret: Uint8Array) {
    super();
    if (secret.byteLength < 32) throw new RangeError('an HMAC key has at least 32 bytes');
    this.key = { kid: undefined, key: createSecretKey(secret), algorithms: ['HS256'] };
  }

  override get isReady(): boolean {
    return true;
  }

  override async find(_kid: string | undefined, alg: string): Promise<VerificationKey | undefined> {
    return this.key.algorithms.includes(alg) ? this.key : undefined;
  }
}
