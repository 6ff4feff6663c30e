import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A public key as it is published: RFC 7517, and nothing private. */
export type PublishedKey = Readonly<Record<string, string>>;

/** A key that identities are signed with. */
export interface SigningKey {
  /** The key's thumbprint (RFC 7638): the same in every replica that has the key. */
  readonly kid: string;
  readonly alg: 'ES256' | 'EdDSA';
  readonly privateKey: KeyObject;
  readonly published: PublishedKey;
}

const PEM = /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+-----END [A-Z ]*PRIVATE KEY-----/g;
/** The members a thumbprint is made of, in its order. */
const THUMBPRINT_MEMBERS = ['crv', 'kty', 'x', 'y'];

/**
 * Reads private keys.
 * @param given  PEM (one block after the other), a JWK or a JWK set; or the path of a file that holds them
 * @throws TypeError  that says what is wrong, and nothing of what was given
 */
export function readSigningKeys(given: string): readonly SigningKey[] {
  const text = /^\s*(?:\{|-----BEGIN)/.test(given) ? given : readKeyFile(given);
  const keys = text.trimStart().startsWith('{') ? jsonKeys(text) : pemKeys(text);
  if (keys.length === 0) throw new TypeError('holds no private key');
  const read = keys.map(signingKey);
  if (new Set(read.map(({ kid }) => kid)).size < read.length) throw new TypeError('holds a key twice');
  return read;
}

/** @returns a new P-256 key, known to this process alone */
export function generateSigningKey(): SigningKey {
  return signingKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The system's own words quote the path, which may be a key that is not written as one.
    throw new TypeError('is neither a key nor a file that can be read');
  }
}

function pemKeys(text: string): readonly KeyObject[] {
  // Line breaks of a variable that was written on one line.
  return (text.replaceAll('\\n', '\n').match(PEM) ?? []).map(pem => keyOf(() => createPrivateKey(pem)));
}

function jsonKeys(text: string): readonly KeyObject[] {
  const parsed = keyOf(() => JSON.parse(text) as { keys?: unknown });
  const entries = (Array.isArray(parsed.keys) ? parsed.keys : [parsed]) as import('node:crypto').JsonWebKey[];
  return entries.map(key => keyOf(() => createPrivateKey({ key, format: 'jwk' })));
}

// What the parsers throw may quote the key.
function keyOf<T>(parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new TypeError('holds a key that cannot be read as PEM or JWK');
  }
}

function signingKey(privateKey: KeyObject): SigningKey {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = privateKey;
  const alg = type === 'ed25519' ? 'EdDSA' : 'ES256';
  if (alg === 'ES256' && details?.namedCurve !== 'prime256v1') {
    throw new TypeError(`holds a key of type ${type ?? 'unknown'}; it must be P-256 or Ed25519`);
  }
  const { kty, crv, x, y } = createPublicKey(privateKey).export({ format: 'jwk' });
  const members = { crv: crv!, kty: kty!, x: x!, ...(y !== undefined && { y }) };
  const kid = createHash('sha256').update(JSON.stringify(members, THUMBPRINT_MEMBERS)).digest('base64url');
  return { kid, alg, privateKey, published: Object.freeze({ ...members, kid, alg, use: 'sig' }) };
}
