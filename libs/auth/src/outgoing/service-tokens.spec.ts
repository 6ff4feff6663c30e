import { UpstreamError } from 'guichet/kernel';
import { ManualClock } from 'guichet/testing';
import { type FetchedToken, ServiceTokens } from './service-tokens.js';

/** An issuer that gives its answers when the test says so. */
class ManualIssuer {
  readonly asked: {
    readonly parameters: Readonly<Record<string, string>>;
    give(token: string, expiresInMs?: number): Promise<void>;
    fail(message: string): Promise<void>;
  }[] = [];

  readonly fetch = (parameters: Readonly<Record<string, string>>): Promise<FetchedToken> =>
    new Promise((resolve, reject) => {
      const settled = () => new Promise<void>(done => setImmediate(done));
      this.asked.push({
        parameters,
        give: (token, expiresInMs) => {
          resolve({ token, expiresInMs });
          return settled();
        },
        fail: message => {
          reject(new Error(message));
          return settled();
        },
      });
    });
}

describe('ServiceTokens', () => {
  let clock: ManualClock;
  let issuer: ManualIssuer;
  let tokens: ServiceTokens;
  const warnings: string[] = [];

  beforeEach(() => {
    clock = new ManualClock();
    issuer = new ManualIssuer();
    warnings.length = 0;
    tokens = new ServiceTokens(
      {
        scopes: ['read'],
        parameters: undefined,
        upstreams: { pricing: { scopes: ['prices'], parameters: { resource: 'https://pricing' } } },
        refreshAheadMs: 60_000,
      },
      issuer.fetch,
      clock,
      { warn: message => void warnings.push(message) },
    );
  });

  const caught = async (run: () => unknown): Promise<unknown> => {
    try {
      return await run();
    } catch (error) {
      return error;
    }
  };

  it('asks once however many wait, and gives what it has at once', async () => {
    const waiting = Array.from({ length: 50 }, () => tokens.token('catalog'));
    expect(waiting.every(token => token instanceof Promise)).toBe(true);
    await issuer.asked[0]!.give('t1', 3_600_000);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['t1']));
    expect(tokens.token('catalog')).toBe('t1');
    expect(tokens.token('orders')).toBe('t1');
    expect(issuer.asked.map(({ parameters }) => parameters)).toEqual([{ scope: 'read' }]);
  });

  it('asks for what an upstream’s own options say', async () => {
    void tokens.token('catalog');
    void tokens.token('pricing');
    expect(issuer.asked[1]!.parameters).toEqual({ scope: 'prices', resource: 'https://pricing' });
    await issuer.asked[0]!.give('t1');
    await issuer.asked[1]!.give('t2');
    expect([tokens.token('catalog'), tokens.token('pricing')]).toEqual(['t1', 't2']);
  });

  it('fetches the next before the last ends, and gives the last meanwhile', async () => {
    void tokens.token('catalog');
    await issuer.asked[0]!.give('t1', 600_000);
    clock.advance(539_999);
    expect(tokens.token('catalog')).toBe('t1');
    expect(issuer.asked).toHaveLength(1);
    clock.advance(1);
    expect([tokens.token('catalog'), tokens.token('catalog')]).toEqual(['t1', 't1']);
    expect(issuer.asked).toHaveLength(2);
    await issuer.asked[1]!.give('t2', 600_000);
    expect(tokens.token('catalog')).toBe('t2');
  });

  it('lives on the last token while the issuer fails, asking it once a second, and then fails itself', async () => {
    void tokens.token('catalog');
    await issuer.asked[0]!.give('t1', 600_000);
    clock.advance(550_000);
    expect(tokens.token('catalog')).toBe('t1');
    await issuer.asked[1]!.fail('unwell');
    expect(tokens.token('catalog')).toBe('t1');
    expect(issuer.asked).toHaveLength(2);
    clock.advance(1_000);
    expect(tokens.token('catalog')).toBe('t1');
    expect(issuer.asked).toHaveLength(3);
    await issuer.asked[2]!.fail('still unwell');
    clock.advance(19_000);
    const waiting = caught(() => tokens.token('catalog'));
    expect(issuer.asked).toHaveLength(4);
    await issuer.asked[3]!.fail('gone');
    expect(await waiting).toBeInstanceOf(UpstreamError);
    expect(await waiting).toMatchObject({ code: 'identity-unavailable', upstream: 'catalog' });
    expect(warnings).toHaveLength(3);
  });

  it('fails at once, and by its type, within a second of a failure', async () => {
    const waiting = Promise.all(['catalog', 'orders'].map(name => caught(() => tokens.token(name))));
    await issuer.asked[0]!.fail('unwell');
    expect(await waiting).toMatchObject([{ upstream: 'catalog' }, { upstream: 'orders' }]);
    expect(() => tokens.token('catalog')).toThrow(/catalog: no token for the app itself: unwell/);
    expect(issuer.asked).toHaveLength(1);
    clock.advance(1_000);
    expect(tokens.token('catalog')).toBeInstanceOf(Promise);
    await issuer.asked[1]!.give('t1');
  });

  it.each([
    ['CR LF', 'a\r\nX-Admin: 1', 1_000],
    ['nothing', '', 1_000],
    ['a token that is over', 't', 0],
    ['a lifetime that is none', 't', Number.NaN],
  ])('takes %s for a failure', async (_, token, expiresInMs) => {
    const waiting = caught(() => tokens.token('catalog'));
    await issuer.asked[0]!.give(token, expiresInMs);
    expect(await waiting).toMatchObject({ code: 'identity-unavailable' });
    expect(String(await waiting)).not.toContain('X-Admin');
  });

  it('drops a token that was refused, but not one that is brand new', async () => {
    void tokens.token('catalog');
    await issuer.asked[0]!.give('t1', 600_000);
    tokens.forget('catalog', 't1');
    expect(tokens.token('catalog')).toBe('t1');
    clock.advance(1_000);
    tokens.forget('catalog', 'another');
    expect(tokens.token('catalog')).toBe('t1');
    tokens.forget('catalog', 't1');
    expect(tokens.token('catalog')).toBeInstanceOf(Promise);
    await issuer.asked[1]!.give('t2', 600_000);
    expect(tokens.token('catalog')).toBe('t2');
  });
});
