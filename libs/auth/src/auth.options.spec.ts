import { BootError, readOptions } from 'guichet/kernel';
import { bearerOptions } from './auth.options.js';
import { isSecure } from './secure-url.js';

const right = { issuer: 'https://id.example', audience: 'bff' };
const read = (options: object) => readOptions('auth', bearerOptions, { ...right, ...options });

describe('the options of the bearer side', () => {
  it.each([
    [
      'a secret beside a key set',
      { jwksUri: 'https://id.example/jwks', hmacSecret: Buffer.alloc(32).toString('base64') },
    ],
    ['a secret below 256 bits', { hmacSecret: Buffer.alloc(31).toString('base64') }],
    ['an issuer that is no URL', { issuer: 'id.example' }],
    ['an issuer by plain HTTP', { issuer: 'http://id.example' }],
    ['a key set by plain HTTP', { jwksUri: 'http://id.example/jwks' }],
    ['a symmetric algorithm', { algorithms: ['HS256'] }],
    ['no algorithm', { algorithms: ['none'] }],
    ['an unknown option', { isuer: 'x' }],
  ])('refuse %s', (_, options) => {
    expect(() => read(options)).toThrow(BootError);
  });

  it('take plain HTTP on this machine, and elsewhere where that is said', () => {
    expect(read({ issuer: 'http://127.0.0.1:9' }).issuer).toBe('http://127.0.0.1:9');
    expect(read({ issuer: 'http://id.example', allowInsecureIssuer: true }).issuer).toBe('http://id.example');
  });

  it.each(['http://127.evil.example', 'http://127.0.0.1.evil.example', 'http://localhost.evil.example'])(
    'do not take %s for this machine',
    url => expect(isSecure(url)).toBe(false),
  );
});
