import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { ManualClock } from 'guichet/testing';
import { Doorkeeper } from './doorkeeper.js';

const TOKEN = 'correct-horse-battery';

interface From {
  readonly headers?: IncomingHttpHeaders;
  readonly remoteAddress?: string | undefined;
  readonly localAddress?: string;
}

function request({ headers = {}, ...socket }: From = {}): IncomingMessage {
  return {
    headers: { host: 'localhost:9000', ...headers },
    socket: { remoteAddress: '127.0.0.1', localAddress: '127.0.0.1', ...socket },
  } as unknown as IncomingMessage;
}

describe('Doorkeeper', () => {
  describe('without a token', () => {
    const doorkeeper = new Doorkeeper(undefined, '10.0.0.5', new ManualClock());

    it.each<[string, From]>([
      ['localhost', {}],
      ['127.0.0.1', { headers: { host: '127.0.0.1:9000' } }],
      ['IPv6', { headers: { host: '[::1]:9000' }, remoteAddress: '::1', localAddress: '::1' }],
      ['IPv4 in IPv6', { remoteAddress: '::ffff:127.0.0.1', localAddress: '::ffff:127.0.0.1' }],
      ['its own address', { headers: { host: '10.0.0.5:9000' }, remoteAddress: '10.0.0.5', localAddress: '10.0.0.5' }],
    ])('lets this machine in by %s', (_, from) => {
      expect(doorkeeper.refusesSight(request(from))).toBeUndefined();
      expect(doorkeeper.refusesKnowing(request(from))).toBeUndefined();
    });

    it.each<[string, From]>([
      ['another machine', { remoteAddress: '10.0.0.9', localAddress: '10.0.0.5' }],
      ['nobody', { remoteAddress: undefined }],
      ['a name that was made to point here', { headers: { host: 'evil.example:9000' } }],
      ['a name that begins like this machine', { headers: { host: 'localhost.evil.example' } }],
      ['no name', { headers: { host: undefined } }],
    ])('keeps out %s', (_, from) => {
      expect(doorkeeper.refusesSight(request(from))).toMatchObject({ status: 403 });
      expect(doorkeeper.refusesKnowing(request(from))).toMatchObject({ status: 403 });
    });
  });

  describe('with a token', () => {
    const clock = new ManualClock();
    const doorkeeper = new Doorkeeper(TOKEN, '0.0.0.0', clock);
    const far = { remoteAddress: '10.0.0.9', localAddress: '10.0.0.5' };
    const knows = (headers: IncomingHttpHeaders) =>
      doorkeeper.refusesKnowing(request({ ...far, headers: { host: 'pod:9000', ...headers } }));
    const cookieOf = (login: string | undefined) => login!.split(';', 1)[0]!;

    it('shows its pages to everybody, and nothing of the app', () => {
      expect(doorkeeper.refusesSight(request(far))).toBeUndefined();
      expect(knows({})).toMatchObject({ status: 401 });
    });

    it('lets in who shows the token', () => {
      expect(knows({ authorization: `Bearer ${TOKEN}` })).toBeUndefined();
    });

    it.each([
      `Bearer ${TOKEN}x`,
      `Bearer ${TOKEN.slice(1)}`,
      `Bearer ${TOKEN.toUpperCase()}`,
      'Bearer',
      `Basic ${TOKEN}`,
      TOKEN,
    ])('keeps out who shows %s', authorization => {
      expect(knows({ authorization })).toMatchObject({ status: 401 });
    });

    it('lets in who has logged in, for twelve hours', () => {
      const cookie = cookieOf(doorkeeper.logIn(TOKEN));
      expect(knows({ cookie })).toBeUndefined();
      expect(knows({ cookie: `other=1; ${cookie}; more=2` })).toBeUndefined();
      clock.advance(43_200_000);
      expect(knows({ cookie })).toMatchObject({ status: 401 });
    });

    it('makes logins that no script reads, no other site sends, and the app never sees', () => {
      const login = doorkeeper.logIn(TOKEN);
      expect(login).toMatch(/; Path=\/inspector; HttpOnly; SameSite=Strict$/);
      expect(login).not.toContain(TOKEN);
      expect(doorkeeper.logIn('wrong-horse-battery')).toBeUndefined();
    });

    it('takes no login that was changed, prolonged, or made by another process', () => {
      const cookie = cookieOf(doorkeeper.logIn(TOKEN));
      const [, until, signature] = /=(\d+)\.(.*)$/.exec(cookie)!;
      const other = cookieOf(new Doorkeeper(TOKEN, '0.0.0.0', clock).logIn(TOKEN));
      for (const forged of [
        `guichet-inspector=${Number(until) + 1}.${signature}`,
        `guichet-inspector=${until}.${'A'.repeat(43)}`,
        `guichet-inspector=${until}.`,
        'guichet-inspector=',
        other,
      ]) {
        expect(knows({ cookie: forged })).toMatchObject({ status: 401 });
      }
    });
  });

  it.each<[string, IncomingHttpHeaders]>([
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
    ['the app itself, which stands at another port', { 'sec-fetch-site': 'same-site' }],
    ['an older browser, by its origin', { origin: 'https://evil.example' }],
    ['a page of no origin', { origin: 'null' }],
    ['the same name at another port', { origin: 'http://localhost:3000' }],
  ])('answers nothing that %s asks', (_, headers) => {
    const doorkeeper = new Doorkeeper(TOKEN, '127.0.0.1', new ManualClock());
    const asking = request({ headers: { ...headers, authorization: `Bearer ${TOKEN}` } });
    expect(doorkeeper.refusesAsking(asking)).toMatchObject({ status: 403 });
    expect(doorkeeper.refusesKnowing(asking)).toMatchObject({ status: 403 });
  });

  it('answers what its own pages ask', () => {
    const doorkeeper = new Doorkeeper(undefined, '127.0.0.1', new ManualClock());
    const headers = { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:9000' };
    expect(doorkeeper.refusesKnowing(request({ headers }))).toBeUndefined();
  });
});
