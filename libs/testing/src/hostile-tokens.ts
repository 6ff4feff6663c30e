import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { compact, encode, type TestIssuer } from './test-issuer.js';

const other = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** @returns a token of the issuer's, but for the header's members, that another key signed */
export function signedByOther(issuer: TestIssuer, header: object = {}): string {
  return compact(issuer.header(header), issuer.claims(), input =>
    signBytes('sha256', Buffer.from(input), other.privateKey).toString('base64url'),
  );
}

/** @returns what a hostile client sends, by name → a token that must not be believed (401) */
export function hostileTokens(issuer: TestIssuer): Record<string, () => string> {
  const pem = () => issuer.publicKey.export({ type: 'spki', format: 'pem' });
  const der = () => issuer.publicKey.export({ type: 'spki', format: 'der' });
  const jwk = () => issuer.publicKey.export({ format: 'jwk' });
  const hmac = (key: string | Buffer) =>
    compact(issuer.header({ alg: 'HS256' }), issuer.claims(), input =>
      createHmac('sha256', key).update(input).digest('base64url'),
    );
  const foreign = (header: object) => signedByOther(issuer, header);
  const claims = (more: object) => () => issuer.token(more);
  const header = (more: object) => () => issuer.token({}, more);
  /** Claims with a member written out, where JSON.stringify would not write it so. */
  const rawClaims = (member: string) => () =>
    compact(issuer.header(), JSON.stringify(issuer.claims({ exp: undefined })).replace('{', `{${member},`));

  return {
    ...Object.fromEntries(
      ['none', 'None', 'NONE', 'nOnE', 'none ', '', null, undefined, ['none'], { none: 1 }, 0].map(alg => [
        `alg ${JSON.stringify(alg)}, unsigned`,
        () => compact(issuer.header({ alg }), issuer.claims(), () => ''),
      ]),
    ),
    'alg none with a signature': header({ alg: 'none' }),
    'HS256 with the public key as PEM': () => hmac(pem()),
    'HS256 with the public key as PEM without its last newline': () => hmac(pem().toString().trim()),
    'HS256 with the public key as DER': () => hmac(der()),
    'HS256 with the public key as JWK': () => hmac(JSON.stringify(jwk())),
    'HS256 with an empty key': () => hmac(''),
    'an embedded jwk of another key': () => foreign({ jwk: other.publicKey.export({ format: 'jwk' }) }),
    'an embedded jwk, without kid': () => foreign({ kid: undefined, jwk: other.publicKey.export({ format: 'jwk' }) }),
    'a jku to fetch': () => foreign({ jku: `${issuer.url}/trap` }),
    'an x5u to fetch': () => foreign({ x5u: `${issuer.url}/trap` }),
    'an x5c chain': () => foreign({ x5c: [Buffer.from(der()).toString('base64')] }),
    'a kid that is a path': header({ kid: '../../../../dev/null' }),
    'a kid that is SQL': header({ kid: "x' UNION SELECT 'k" }),
    'a kid that is a URL': () => issuer.token({}, { kid: `${issuer.url}/trap` }),
    'a kid of the prototype': header({ kid: '__proto__' }),
    'a kid of a method': header({ kid: 'constructor' }),
    'a kid that is a number': header({ kid: 1 }),
    'a kid that is a list': header({ kid: ['main'] }),
    'an empty kid': header({ kid: '' }),
    'no exp': claims({ exp: undefined }),
    'exp as text': () => issuer.token({ exp: String(Math.floor(Date.now() / 1000) + 300) }),
    'exp 1e400': rawClaims('"exp":1e400'),
    'exp negative': claims({ exp: -1 }),
    'exp null': claims({ exp: null }),
    'exp a minute ago': () => issuer.token({ exp: Math.floor(Date.now() / 1000) - 60 }),
    'nbf in an hour': () => issuer.token({ nbf: Math.floor(Date.now() / 1000) + 3600 }),
    'iat in an hour': () => issuer.token({ iat: Math.floor(Date.now() / 1000) + 3600 }),
    'iat 1e400': () =>
      compact(issuer.header(), JSON.stringify(issuer.claims({ iat: 0 })).replace('"iat":0', '"iat":1e400')),
    'no sub': claims({ sub: undefined }),
    'an empty sub': claims({ sub: '' }),
    'sub as a number': claims({ sub: 7 }),
    'no aud': claims({ aud: undefined }),
    'another aud': claims({ aud: 'bff2' }),
    'aud in other case': claims({ aud: 'BFF' }),
    'aud with a blank': claims({ aud: 'bff ' }),
    'aud that holds it as a part': claims({ aud: 'bff other' }),
    'aud as an object': claims({ aud: { bff: true } }),
    'an empty list of aud': claims({ aud: [] }),
    'no iss': claims({ iss: undefined }),
    'iss with a slash more': () => issuer.token({ iss: `${issuer.url}/` }),
    'iss in another scheme': () => issuer.token({ iss: issuer.url.replace('http', 'https') }),
    'iss as a prefix': () => issuer.token({ iss: `${issuer.url}.evil.example` }),
    'iss as a list': () => issuer.token({ iss: [issuer.url] }),
    'an ID token': () => issuer.token({ nonce: 'n', auth_time: 1 }, { typ: 'JWT' }),
    'no typ': header({ typ: undefined }),
    'a logout token': header({ typ: 'logout+jwt' }),
    'two alg in the header': () => compact('{"alg":"none","typ":"at+jwt","kid":"main","alg":"RS256"}', issuer.claims()),
    'two alg, one escaped': () =>
      compact('{"\\u0061lg":"none","typ":"at+jwt","kid":"main","alg":"RS256"}', issuer.claims()),
    'two sub in the claims': () =>
      compact(issuer.header(), JSON.stringify(issuer.claims()).replace('{', '{"sub":"root",')),
    'an unknown crit': header({ crit: ['exp2'], exp2: 1 }),
    'an empty crit': header({ crit: [] }),
    'b64 false, critical': header({ b64: false, crit: ['b64'] }),
    'b64 false': header({ b64: false }),
    'compressed claims': header({ zip: 'DEF' }),
    'a JWE': () =>
      [encode({ alg: 'RSA-OAEP', enc: 'A256GCM', typ: 'at+jwt' }), 'AAAA', 'AAAA', encode('x'), 'AAAA'].join('.'),
    'an encrypted header in three parts': header({ alg: 'RSA-OAEP', enc: 'A256GCM' }),
    'claims that are a list': () => compact(issuer.header(), [issuer.claims()]),
    'claims that are no JSON': () => compact(issuer.header(), 'hello'),
    'a header that is no UTF-8': () =>
      `${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.${encode(issuer.claims())}.AAAA`,
    'padding after the signature': () => `${issuer.token()}=`,
    'the other base64 alphabet': () => {
      for (;;) {
        const token = issuer.token({ jti: String(Math.random()) });
        if (/[-_]/.test(token)) return token.replaceAll('-', '+').replaceAll('_', '/');
      }
    },
    'a last character with other unused bits': () => {
      // 256 bytes leave 2 bits of the last character unused but for 4: its neighbour spells the same bytes.
      const token = issuer.token();
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      return token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1)!) ^ 1];
    },
    'four parts': () => `${issuer.token()}.AAAA`,
    'two parts': () => issuer.token().split('.').slice(0, 2).join('.'),
    'no signature': () => `${issuer.token().split('.').slice(0, 2).join('.')}.`,
    'a signature by another key': () => foreign({}),
    'a signature cut short': () => issuer.token().slice(0, -8),
  };
}

/** @returns what is no bearer token at all, by name → the header's value (400) */
export function malformedAuthorizations(issuer: TestIssuer): Record<string, () => string> {
  return {
    'the JSON serialization': () => {
      const [protectedHeader, payload, signature] = issuer.token().split('.');
      return `Bearer ${JSON.stringify({ payload, signatures: [{ protected: protectedHeader, signature }] })}`;
    },
    'a blank in the token': () => `Bearer ${issuer.token().replace('.', ' .')}`,
    'no token': () => 'Bearer ',
    'another scheme': () => 'Basic YTpi',
    'two tokens in one header': () => `Bearer ${issuer.token()}, Bearer ${issuer.token()}`,
  };
}
