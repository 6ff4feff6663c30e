import { createPublicKey, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';

/** A key that may verify tokens. */
export interface VerificationKey {
  readonly kid: string | undefined;
  readonly key: KeyObject;
  /** The algorithms it may be used with. */
  readonly algorithms: readonly string[];
}

/** What a key set gave. */
export interface SortedKeys {
  readonly keys: readonly VerificationKey[];
  /** Why the others are not used, in words, for the log. */
  readonly refused: readonly string[];
}

const MIN_RSA_BITS = 2048;
const EC_ALGORITHMS: Record<string, string> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' };
const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];

/**
 * Sorts out of a JWK set what may verify a signature: public RSA keys of at least 2048 bits, EC and Ed25519 keys, meant for
 * signatures, each `kid` once. A symmetric key in a public set is a leaked secret, and a way to forge beside RSA: refused.
 * @param document  the set as it was fetched
 */
export function sortKeys(document: unknown): SortedKeys {
  const entries = (document as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(entries)) return { keys: [], refused: ["no JWK set: it has no 'keys'"] };
  const refused: string[] = [];
  const keys: VerificationKey[] = [];
  for (const [at, entry] of entries.slice(0, 100).entries()) {
    try {
      keys.push(readKey(entry as JWK));
    } catch (error) {
      refused.push(`key ${at}: ${(error as Error).message}`);
    }
  }
  const isAmbiguous = ({ kid }: VerificationKey) => keys.filter(key => key.kid === kid).length > 1;
  const ambiguous = keys.filter(key => key.kid !== undefined && isAmbiguous(key));
  for (const kid of new Set(ambiguous.map(key => key.kid))) refused.push(`kid '${kid}' stands more than once`);
  return { keys: keys.filter(key => !ambiguous.includes(key)), refused };
}

function readKey(jwk: JWK): VerificationKey {
  if (typeof jwk !== 'object' || jwk === null) throw new TypeError('not an object');
  if (jwk.kid !== undefined && typeof jwk.kid !== 'string') throw new TypeError('kid is no string');
  if (jwk.use !== undefined && jwk.use !== 'sig') throw new TypeError("use is not 'sig'");
  if (jwk.key_ops !== undefined && !(Array.isArray(jwk.key_ops) && jwk.key_ops.includes('verify'))) {
    throw new TypeError("key_ops does not hold 'verify'");
  }
  if (jwk.kty === 'oct') throw new TypeError('a symmetric key in a public set');
  if (jwk.d !== undefined) throw new TypeError('a private key in a public set');
  const key = createPublicKey({ key: jwk as import('node:crypto').JsonWebKey, format: 'jwk' });
  const possible = algorithmsOf(jwk, key);
  const algorithms = jwk.alg === undefined ? possible : possible.filter(alg => alg === jwk.alg);
  if (algorithms.length === 0) throw new TypeError(`alg '${jwk.alg}' does not fit the key`);
  return { kid: jwk.kid, key, algorithms };
}

function algorithmsOf(jwk: JWK, key: KeyObject): readonly string[] {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      if (key.asymmetricKeyDetails!.modulusLength! < MIN_RSA_BITS)
        throw new TypeError(`RSA below ${MIN_RSA_BITS} bits`);
      // With an exponent of 1 every signature is its own message.
      if (key.asymmetricKeyDetails!.publicExponent! < 3n) throw new TypeError('RSA with an exponent below 3');
      return RSA_ALGORITHMS;
    case 'ec':
      return [EC_ALGORITHMS[jwk.crv!] ?? unsupported(jwk.crv)];
    case 'ed25519':
      return ['EdDSA', 'Ed25519'];
    default:
      return unsupported(key.asymmetricKeyType);
  }
}

function unsupported(what: string | undefined): never {
  throw new TypeError(`${what} is not supported`);
}
