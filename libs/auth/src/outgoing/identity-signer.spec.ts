import { decodeJwt, decodeProtectedHeader } from 'jose';
import { ManualClock } from 'guichet/testing';
import type { IdentitySubject } from 'guichet/upstream';
import { JwtVerifier } from '../bearer/jwt.verifier.js';
import { sortKeys } from '../bearer/key-hygiene.js';
import { KeySet } from '../bearer/key-set.js';
import { IdentitySigner } from './identity-signer.js';
import { generateSigningKey, readSigningKeys, type SigningKey } from './signing-keys.js';
import { generateKeyPairSync } from 'node:crypto';

const ISSUER = 'https://shop.example';
const subject = (name: string, claims: object = {}): IdentitySubject => ({
  key: `${name} ${JSON.stringify(claims)}`,
  issuer: 'https://id.example',
  subject: name,
  claims: { ...claims },
});

/** The keys as an upstream gets them: what is published, through its own key hygiene. */
class PublishedKeySet extends KeySet {
  readonly isReady = true;
  constructor(private readonly keys: readonly SigningKey[]) {
    super();
  }
  override async find(kid: string | undefined, alg: string) {
    const { keys } = sortKeys({ keys: this.keys.map(({ published }) => published) });
    return keys.find(key => key.kid === kid && key.algorithms.includes(alg));
  }
}

function verifier(keys: readonly SigningKey[], audience: string, clock: ManualClock): JwtVerifier {
  const algorithms = ['ES256', 'EdDSA'];
  const options = { issuer: ISSUER, audience, algorithms, clockToleranceS: 0, maxBytes: 8_192 };
  return new JwtVerifier(options, new PublishedKeySet(keys), clock);
}

describe('IdentitySigner', () => {
  const clock = new ManualClock();
  const key = generateSigningKey();
  const ed25519 = readSigningKeys(
    generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  )[0]!;

  it.each([
    ['ES256', key],
    ['EdDSA', ed25519],
  ])('signs by %s what a strict verifier of access tokens takes', async (_, signing) => {
    const token = new IdentitySigner(signing, ISSUER, 60, clock).token('pricing', subject('ann', { tier: 'gold' }));
    const { principal } = await verifier([generateSigningKey(), signing], 'pricing', clock).verify(token);
    expect(principal).toMatchObject({ issuer: ISSUER, subject: 'ann', claims: { tier: 'gold' } });
    expect(principal.claims['sub_id']).toEqual({ format: 'iss_sub', iss: 'https://id.example', sub: 'ann' });
    await expect(verifier([signing], 'catalog', clock).verify(token)).rejects.toThrow(/aud/);
    await expect(verifier([generateSigningKey()], 'pricing', clock).verify(token)).rejects.toThrow(/no key/);
  });

  it('says what RFC 9068 asks for, and holds for its lifetime alone', async () => {
    const token = new IdentitySigner(key, ISSUER, 60, clock).token('pricing', subject('ann'));
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', kid: key.kid, typ: 'at+jwt' });
    const claims = decodeJwt(token);
    expect(claims).toMatchObject({ iss: ISSUER, aud: 'pricing', client_id: ISSUER });
    expect(claims.exp! - claims.iat!).toBe(60);
    const later = new ManualClock();
    later.advance(clock.epochMs() - later.epochMs() + 61_000);
    await expect(verifier([key], 'pricing', later).verify(token)).rejects.toThrow(/exp/);
  });

  it('lets no claim stand in for one of the token', () => {
    const forged = subject('ann', { iss: 'https://evil', aud: 'admin', sub: 'root', exp: 9e9, client_id: 'x' });
    const claims = decodeJwt(new IdentitySigner(key, ISSUER, 60, clock).token('pricing', forged));
    expect(claims).toMatchObject({ iss: ISSUER, aud: 'pricing', sub: 'ann', client_id: ISSUER });
    expect(claims.exp! - claims.iat!).toBe(60);
  });

  it('signs anew for every upstream and subject, and for the same after half of its life', () => {
    const time = new ManualClock();
    const signer = new IdentitySigner(key, ISSUER, 60, time);
    const token = signer.token('pricing', subject('ann'));
    expect(signer.token('pricing', subject('ann'))).toBe(token);
    expect(decodeJwt(signer.token('pricing', subject('bob'))).sub).toBe('bob');
    expect(decodeJwt(signer.token('catalog', subject('ann'))).aud).toBe('catalog');
    expect(signer.token('pricing', subject('ann', { tier: 'gold' }))).not.toBe(token);
    time.advance(29_999);
    expect(signer.token('pricing', subject('ann'))).toBe(token);
    time.advance(1);
    expect(signer.token('pricing', subject('ann'))).not.toBe(token);
  });

  it('remembers a bounded number of subjects', () => {
    const signer = new IdentitySigner(key, ISSUER, 60, clock);
    const first = signer.token('pricing', subject('first'));
    for (let i = 0; i < 5_000; i++) signer.token('pricing', subject(`user-${i}`));
    expect(signer.token('pricing', subject('first'))).not.toBe(first);
  });
});
