import { Redactor } from './redactor.js';

const S = 'S3cretValue';

describe('a text', () => {
  const redactor = new Redactor();

  it.each([
    ['a bearer token', `Authorization: Bearer ${S}`],
    ['a bearer token alone', `sent Bearer ${S} to it`],
    ['a bearer token on a line of its own', `two lines:\nBearer ${S}`],
    ['a JWT on a line of its own', `two lines:\neyJhbGciOiJIUzI1NiJ9.${S}`],
    ['basic credentials', `with Basic ${S}==`],
    ['a header of cookies', `GET / \r\nCookie: a=b; ${S}=1; c=${S}\r\nHost: x`],
    ['a cookie that is set', `Set-Cookie: id=${S}; HttpOnly`],
    ['a JWT', `got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ${S}.${S}`],
    ['a URL with a password', `redis://:${S}@10.0.0.1:6379/0`],
    ['a password with an @ and a user', `at amqp://user:a@b${S}@mq:5672`],
    ['a token of a query', `GET /x?page=1&access_token=${S}&y=2`],
    ['a field of a form', `password=${S}&user=mia`],
    ['JSON', JSON.stringify({ client_secret: S, user: 'mia' })],
    ['JSON in JSON', JSON.stringify({ body: JSON.stringify({ refreshToken: S, n: 1 }) })],
    ['JSON in JSON in JSON', JSON.stringify(JSON.stringify(JSON.stringify({ 'x-api-key': S })))],
    ['JSON with quotes in it', JSON.stringify({ password: `a"b\\"${S}` })],
    ['JSON twice, with quotes in it', JSON.stringify(JSON.stringify({ password: `a"b${S}` }))],
    ['JSON that is cut', `{"id_token":"abc${S}`],
    ['a list', JSON.stringify({ tokens: ['a', S] })],
    ['what inspect makes', `{ password: '${S}', cookie: [ '${S}' ] }`],
    ['what inspect makes of quotes', `{ secret: \`it's "${S}\` }`],
    ['prose', `the password: ${S}`],
    ['a session', `session=${S}; Path=/`],
    ['a private key', `-----BEGIN EC PRIVATE KEY-----\n${S}\nabc\n-----END EC PRIVATE KEY----- and on`],
    ['a private key that is cut', `-----BEGIN PRIVATE KEY-----\nMIG${S}`],
  ])('loses %s', (_, text) => {
    const clean = redactor.text(text);
    expect(clean).toContain('[redacted]');
    expect(clean).not.toContain(S);
  });

  it.each([
    'FilmPage: film (upstream-timeout: catalog: GET /films/:id got no answer within 300 ms)',
    'AUTH_ISSUER: is missing',
    'OIDC_CLIENT_SECRET: is missing',
    'SIGNING_KEY: there is no key to sign with, and "echo" needs it',
    'web serves on 127.0.0.1:3000, management on 127.0.0.1:9000',
    'see https://example.com/a@b and mail mia@example.com',
    '    at load (file:///srv/app/node_modules/@nestjs/core/index.js:1:2)',
    'limits address=6000/60000, principal=100/1000; a token was refused',
    'Mapped {/bff/session, GET} route',
  ])('keeps %s', text => {
    expect(redactor.text(text)).toBe(text);
  });

  it('keeps what stands around a secret', () => {
    expect(redactor.text(`GET /x?a=1&token=${S}&b=2 from mia`)).toBe('GET /x?a=1&token=[redacted]&b=2 from mia');
    expect(redactor.text(`{ password: '${S}', user: 'mia' }`)).toBe("{ password: '[redacted]', user: 'mia' }");
    expect(redactor.text(`redis://app:${S}@10.0.0.1:6379/0`)).toBe('redis://[redacted]@10.0.0.1:6379/0');
  });

  it('is quick with texts made to be slow', () => {
    const hostile = [
      'token="',
      'password',
      '//',
      'eyJaaaaaaaaa.',
      'cookie: ',
      '\\"token\\":\\"',
      '-----BEGIN PRIVATE KEY-----',
    ]
      .map(part => part.repeat(20_000 / part.length))
      .concat(`token${' '.repeat(20_000)}`, `token${'\\'.repeat(20_000)}`, `//${'a'.repeat(20_000)}`);
    const begun = performance.now();
    for (const text of hostile) JSON.parse(redactor.line(JSON.stringify({ msg: text })));
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('stays JSON in a line, whatever it holds', () => {
    const pieces = [
      'token',
      '"',
      "'",
      '\\',
      ':',
      '=',
      ' ',
      'password',
      '[',
      ']',
      '{',
      ',',
      '\n',
      'a',
      '//',
      '@',
      'Bearer ',
      '`',
    ];
    let seed = 7;
    const pick = (): string => pieces[(seed = (seed * 48_271) % 2_147_483_647) % pieces.length]!;
    for (let n = 0; n < 3_000; n++) {
      const text = Array.from({ length: 12 }, pick).join('');
      const line = JSON.stringify({ before: 1, msg: text, after: 'kept' });
      expect(JSON.parse(redactor.line(line))).toMatchObject({ before: 1, after: 'kept' });
    }
  });
});

describe('a structure', () => {
  const copy = (value: unknown, names: readonly string[] = []): unknown => new Redactor({}, names).copy(value);

  it('loses what fields with secret names hold, however deep', () => {
    const headers = { authorization: S, 'Set-Cookie': [S], 'x-api-key': S, host: 'a' };
    const told = copy({ headers, list: [{ clientSecret: { inner: S } }], pwd: 12_345, accessToken: S, user: 'mia' });
    expect(JSON.stringify(told)).not.toMatch(new RegExp(`${S}|12345`));
    expect(told).toMatchObject({ headers: { host: 'a', authorization: '[redacted]' }, user: 'mia' });
  });

  it('loses what stands behind a secret name in a list', () => {
    expect(copy({ raw: ['Host', 'a', 'Cookie', S, 'Accept', '*/*'] })).toEqual({
      raw: ['Host', 'a', 'Cookie', '[redacted]', 'Accept', '*/*'],
    });
  });

  it('keeps what only sounds like a secret, and fields without a value', () => {
    const harmless = {
      tokenType: 'Bearer',
      cookieName: 'a',
      token_endpoint: '/t',
      passwordLength: 8,
      token: null,
      hasToken: true,
    };
    expect(copy(harmless)).toEqual(harmless);
  });

  it('takes names of an app’s own', () => {
    expect(copy({ 'tax-id': S, taxid: S, tax_id: S, taxidea: 'x' }, ['tax-id'])).toEqual({
      'tax-id': '[redacted]',
      taxid: '[redacted]',
      tax_id: '[redacted]',
      taxidea: 'x',
    });
  });

  it('tells of errors what they say and where, never what hangs on them', () => {
    const cause = Object.assign(new Error('inner'), { config: { headers: S }, code: 'ECONNREFUSED' });
    const told = copy(Object.assign(new TypeError('outer', { cause }), { request: { auth: S } })) as object;
    expect(told).toMatchObject({
      type: 'TypeError',
      message: 'outer',
      cause: { code: 'ECONNREFUSED', message: 'inner' },
    });
    expect(JSON.stringify(told)).not.toContain(S);
  });

  it('bounds what is endless', () => {
    const cyclic: Record<string, unknown> = { name: 'a' };
    cyclic['self'] = cyclic;
    const endless = { text: 'x'.repeat(100_000), many: Array.from({ length: 10_000 }, (_, n) => ({ n })), cyclic };
    const told = JSON.stringify(copy(endless));
    expect(told.length).toBeLessThan(20_000);
    expect(told).toContain('[circular]');
  });

  it('survives whatever is thrown by what it reads', () => {
    const bad = {
      toJSON() {
        throw new Error('no');
      },
    };
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(copy({ bad, n: 1n, f: () => 1, s: Symbol('s'), b: Buffer.from(S) })).toEqual({
      bad: '[unreadable]',
      n: '1',
      f: '[function f]',
      s: 'Symbol(s)',
      b: '[11 bytes]',
    });
    expect(() => copy({ proxy })).not.toThrow();
  });
});

describe('what was configured', () => {
  const redactor = new Redactor({
    PARTNER_API_KEY: 'configured/key+1',
    REDIS_URL: 'redis://app:p%40ssword-1@host:6379',
    SIGNING_KEY: '-----BEGIN PRIVATE KEY-----\\nMC4CAQAwBQYDK2VwBCIEIABCDEF\\n-----END PRIVATE KEY-----',
    PWD: '/srv/application',
    TOKEN_ENDPOINT_URL: 'https://id.example/token',
    SHORT_SECRET: 'abc',
    HOME: '/home/somebody',
  });

  it.each([
    'it was configured/key+1 here',
    'it was configured%2Fkey%2B1 here',
    'WRONGPASS p@ssword-1',
    'WRONGPASS p%40ssword-1',
    'half a key: MC4CAQAwBQYDK2VwBCIEIABCDEF',
  ])('is found by its value: %s', text => {
    expect(redactor.text(text)).toContain('[redacted]');
    expect(redactor.text(text)).not.toMatch(/configured\/key|configured%2F|ssword|MC4CAQ/);
  });

  it('is found behind a backslash, and not in the middle of an escape', () => {
    const named = new Redactor({ API_KEY: 'nabcdefgh' });
    expect(named.text('C:\\nabcdefgh')).toBe('C:\\[redacted]');
    expect(named.text('\nabcdefgh')).toBe('\nabcdefgh');
  });

  it.each(['/srv/application/dist', 'https://id.example/token', 'abc', '/home/somebody'])('leaves %s', text => {
    expect(redactor.text(text)).toBe(text);
  });
});
