import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calculateJwkThumbprint } from 'jose';
import { generateSigningKey, readSigningKeys } from './signing-keys.js';

const ec = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const ed = (): KeyObject => generateKeyPairSync('ed25519').privateKey;
const pem = (key: KeyObject): string => key.export({ format: 'pem', type: 'pkcs8' }).toString();
const jwk = (key: KeyObject) => key.export({ format: 'jwk' });

describe('readSigningKeys', () => {
  it('reads PEM, several of them, with written line breaks, of either kind', () => {
    const [first, second] = [ec(), ed()];
    const keys = readSigningKeys((pem(first) + pem(second)).replaceAll('\n', '\\n'));
    expect(keys.map(({ alg }) => alg)).toEqual(['ES256', 'EdDSA']);
    const sec1 = first.export({ format: 'pem', type: 'sec1' }).toString();
    expect(readSigningKeys(sec1)[0]!.kid).toBe(keys[0]!.kid);
  });

  it('reads a JWK, a JWK set, and a file of them', () => {
    const [first, second] = [ed(), ec()];
    const folder = mkdtempSync(join(tmpdir(), 'keys-'));
    try {
      writeFileSync(join(folder, 'keys.json'), JSON.stringify({ keys: [jwk(first), jwk(second)] }));
      const keys = readSigningKeys(join(folder, 'keys.json'));
      expect(keys.map(({ alg }) => alg)).toEqual(['EdDSA', 'ES256']);
      expect(readSigningKeys(JSON.stringify(jwk(first)))[0]!.kid).toBe(keys[0]!.kid);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('publishes the public half alone, named by its thumbprint', async () => {
    for (const key of [ec(), ed()]) {
      const { published, kid } = readSigningKeys(pem(key))[0]!;
      const names = Object.keys(published).sort();
      expect(names).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', ...('y' in published ? ['y'] : [])]);
      expect(kid).toBe(await calculateJwkThumbprint(jwk(key) as Parameters<typeof calculateJwkThumbprint>[0]));
    }
  });

  it.each([
    ['an RSA key', pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey), /P-256 or Ed25519/],
    ['another curve', pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey), /P-256 or Ed25519/],
    [
      'a public key',
      JSON.stringify(generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })),
      /cannot be read/,
    ],
    ['half a PEM', pem(ed()).slice(0, 60), /no private key/],
    ['a broken PEM', pem(ec()).replace(/\n.{20}/, '\nAAAA'), /cannot be read/],
    ['an empty set', '{"keys":[]}', /no private key/],
    ['a file that is not there', '/nowhere/secret-name.pem', /neither a key nor a file/],
  ])('refuses %s, and quotes nothing of it', (_, text, message) => {
    expect(() => readSigningKeys(text)).toThrow(message);
    const said = ((): string => {
      try {
        readSigningKeys(text);
      } catch (error) {
        return `${(error as Error).message}${String((error as Error).cause)}`;
      }
      return '';
    })();
    expect(said).not.toContain(text.slice(text.length / 2 - 4, text.length / 2 + 4));
  });

  it('refuses a key that stands twice', () => {
    const key = pem(ec());
    expect(() => readSigningKeys(key + key)).toThrow(/twice/);
  });

  it('makes a new key each time', () => {
    expect(generateSigningKey().kid).not.toBe(generateSigningKey().kid);
  });
});
