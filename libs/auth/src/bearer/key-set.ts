import type { VerificationKey } from './key-hygiene.js';

/** The keys an issuer signs with. A port: {@link RemoteKeySet} fetches them, {@link SecretKeySet} holds one shared secret. */
export abstract class KeySet {
  /**
   * @param kid  the token's; undefined fits only where exactly one key does
   * @returns the key, or undefined where there is none that may be used so
   * @throws KeysUnavailable  if no keys are known, and none can be had now
   */
  abstract find(kid: string | undefined, alg: string): Promise<VerificationKey | undefined>;

  /** Whether keys are known, so that tokens can be judged. Where they are not, asking has them fetched. */
  abstract get isReady(): boolean;
}
