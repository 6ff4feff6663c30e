import { BootError, readOptions } from 'guichet/kernel';
import { Test } from '@nestjs/testing';
import { SessionModule } from './session.module.js';
import { cookieName, sessionOptions } from './session.options.js';

const right = {
  issuer: 'https://id.example',
  clientId: 'web',
  clientSecret: 'a secret of the test',
  origin: 'https://shop.example',
};
const read = (options: object) => readOptions('session', sessionOptions, { ...right, ...options });
const local = { origin: 'http://localhost:3000', insecureLocalhost: true };

describe('the options of the session side', () => {
  it('need nothing more than who, where and a secret', () => {
    expect(read({})).toMatchObject({ cookie: { name: '__Host-guichet', path: '/', sameSite: 'strict' } });
    expect(cookieName(read({}))).toBe('__Host-guichet');
  });

  it.each<[string, string, object]>([
    ['a Domain beside __Host-', 'cookie.domain', { cookie: { domain: 'example' } }],
    ['a Path beside __Host-', 'cookie.path', { cookie: { path: '/app' } }],
    ['a prefix in other letters', 'cookie.name', { cookie: { name: '__host-guichet' } }],
    ['SameSite=None', 'cookie.sameSite', { cookie: { sameSite: 'none' } }],
    ['a cookie that scripts read', 'cookie.httpOnly', { cookie: { httpOnly: false } }],
    ['a plain HTTP origin', 'origin', { origin: 'http://localhost:3000' }],
    ['an origin that is no URL', 'origin', { origin: 'shop.example' }],
    ['an origin with a path', 'origin', { origin: 'https://shop.example/' }],
    ['insecureLocalhost beside https', 'insecureLocalhost', { insecureLocalhost: true }],
    ['insecureLocalhost elsewhere', 'insecureLocalhost', { insecureLocalhost: true, origin: 'http://shop.example' }],
    ['insecureLocalhost in production', 'insecureLocalhost', { ...local, production: true, store: 'memory' }],
    ['an issuer by plain HTTP', 'issuer', { issuer: 'http://id.example' }],
    ['sessions in memory unsaid in production', 'store', { production: true }],
    ['Redis without an address', 'store', { store: 'redis' }],
    ['an idle end after the absolute', 'idleMs', { idleMs: 7_200_000, absoluteMs: 3_600_000 }],
    ['scopes without openid', 'scopes', { scopes: ['profile'] }],
    ['a state of its own', 'authorizationParameters.state', { authorizationParameters: { state: 'x' } }],
    ['a wildcard among origins', 'allowedOrigins.0', { allowedOrigins: ['*'] }],
    ['a secret to sign with, which is none of its business', 'secret', { secret: 'x' }],
  ])('refuse %s', (_, path, options) => {
    let caught: unknown;
    try {
      read(options);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(BootError);
    expect((caught as BootError).problems.map(problem => problem.path)).toContain(path);
    expect((caught as BootError).message).not.toContain(right.clientSecret);
  });

  it('take memory in production where it is said, and Redis where there is one', () => {
    expect(read({ production: true, store: 'memory' }).store).toBe('memory');
    expect(read({ production: true, redisUrl: 'redis://r' }).redisUrl).toBe('redis://r');
  });

  it('take the prefix off the name for localhost without TLS', () => {
    expect(cookieName(read(local))).toBe('guichet');
    expect(cookieName(read({ ...local, cookie: { name: '__Secure-shop' } }))).toBe('shop');
  });

  it('end the boot by the name of the variable that is wrong', async () => {
    process.env['PUBLIC_ORIGIN'] = 'http://shop.example';
    const { origin: _, ...others } = right;
    try {
      const boot = Test.createTestingModule({ imports: [SessionModule.forRoot(others)] }).compile();
      await expect(boot).rejects.toMatchObject({ name: 'BootError', problems: [{ path: 'PUBLIC_ORIGIN' }] });
    } finally {
      delete process.env['PUBLIC_ORIGIN'];
    }
  });
});
