import { localReturnUrl } from './return-url.js';

const ORIGIN = 'https://shop.example';

describe('localReturnUrl', () => {
  it.each([
    [undefined, '/'],
    ['/', '/'],
    ['/films/1?a=b&c=%2F%2Fx#top', '/films/1?a=b&c=%2F%2Fx#top'],
    ['/search?q=//evil.example', '/search?q=//evil.example'],
  ])('takes %s', (given, expected) => expect(localReturnUrl(given, ORIGIN)).toBe(expected));

  it.each([
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/%2f/evil.example',
    '/%2Fevil.example',
    '/%5cevil.example',
    '%2F%2Fevil.example',
    '/./%2fevil.example',
    '/.//evil.example',
    '/x/..//evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/\r\nLocation: https://evil.example',
    '/\u0000',
    ' /films',
    '/films /x',
    '/ﬁlms',
    'films',
    '',
    'https://evil.example',
    'https:evil.example',
    'javascript:alert(1)',
    'https://shop.example@evil.example',
    '@evil.example',
    '/bff/logout',
    '/BFF/logout',
    '/x/../bff/logout',
    `/${'x'.repeat(3_000)}`,
    ['/a', '/b'],
    {},
    null,
  ])('refuses %j', given => expect(localReturnUrl(given, ORIGIN)).toBeUndefined());
});
