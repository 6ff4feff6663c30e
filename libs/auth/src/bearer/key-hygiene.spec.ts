import { generateKeyPairSync } from 'node:crypto';
import { sortKeys } from './key-hygiene.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const good = { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa' };

const algorithms = (...keys: unknown[]) =>
  Object.fromEntries(sortKeys({ keys }).keys.map(key => [key.kid, key.algorithms]));

describe('sortKeys', () => {
  it('keeps keys that verify signatures, each for the algorithms that fit it', () => {
    const ecKey = { ...ec.publicKey.export({ format: 'jwk' }), kid: 'ec', use: 'sig', key_ops: ['verify'] };
    expect(algorithms({ ...good, alg: 'PS256' }, ecKey)).toEqual({ rsa: ['PS256'], ec: ['ES256'] });
  });

  it.each([
    ['for encryption', { ...good, use: 'enc' }],
    ['whose key_ops lack verify', { ...good, key_ops: ['encrypt'] }],
    ['of RSA below 2048 bits', generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })],
    ['of RSA with the exponent 1', { ...good, e: 'AQ' }],
    ['that is symmetric', { kty: 'oct', k: Buffer.alloc(32).toString('base64url'), kid: 'secret' }],
    ['that is private', { ...rsa.privateKey.export({ format: 'jwk' }), kid: 'private' }],
    ['whose alg does not fit', { ...good, alg: 'ES256' }],
    ['whose alg is symmetric', { ...good, alg: 'HS256' }],
    ['whose kid is no text', { ...good, kid: 1 }],
    ['that is null', null],
  ])('refuses a key %s and keeps the others', (_, key) => {
    const { keys, refused } = sortKeys({ keys: [key, { ...good, kid: 'other' }] });
    expect(keys.map(({ kid }) => kid)).toEqual(['other']);
    expect(refused).toHaveLength(1);
  });

  it('uses neither of two keys with one kid', () => {
    expect(sortKeys({ keys: [good, { ...ec.publicKey.export({ format: 'jwk' }), kid: 'rsa' }] }).keys).toEqual([]);
  });

  it.each([null, 'x', {}, { keys: 'x' }])('finds no key in %j', document => {
    expect(sortKeys(document).keys).toEqual([]);
  });
});
