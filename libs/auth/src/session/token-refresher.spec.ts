import { setImmediate as turn } from 'node:timers/promises';
import { ManualClock } from 'guichet/testing';
import { MemorySessionStore } from './memory-session.store.js';
import type { OidcClient } from './oidc.client.js';
import type { Session, SessionTokens, StoredSession } from './session.js';
import { newId } from './session-id.js';
import { sessionOf } from './session-store.contract.js';
import { sessionOptions } from './session.options.js';
import { SessionsUnavailable } from './sessions-unavailable.js';
import { TokenRefresher } from './token-refresher.js';

const options = sessionOptions.parse({
  issuer: 'https://id.example',
  clientId: 'web',
  clientSecret: 'secret',
  origin: 'https://shop.example',
});

/** An issuer that answers when it is told to. */
class HeldIssuer {
  asked = 0;
  private answer: (session: Session | Error) => void = () => {};
  refresh(): Promise<Session> {
    this.asked++;
    return new Promise((resolve, reject) => {
      this.answer = found => (found instanceof Error ? reject(found) : resolve(found));
    });
  }
  say(found: Session | Error): void {
    this.answer(found);
  }
}

function start() {
  const clock = new ManualClock();
  const store = new MemorySessionStore(clock);
  const issuer = new HeldIssuer();
  const replica = () => new TokenRefresher(store, issuer as unknown as OidcClient, options, clock);
  const leased = jest.spyOn(store, 'lease');
  const session = (leftMs: number, tokens: Partial<SessionTokens> = {}): Session => {
    const base = sessionOf('ann');
    return { ...base, tokens: { ...base.tokens, accessExpiresAtEpochMs: clock.epochMs() + leftMs, ...tokens } };
  };
  const begin = (leftMs: number, tokens?: Partial<SessionTokens>): [string, StoredSession] => {
    const id = newId();
    store.create(id, session(leftMs, tokens), { idleMs: 3_600_000, absoluteMs: 3_600_000 });
    return [id, store.read(id, false)!];
  };
  return { clock, store, issuer, replica, leased, session, begin };
}

describe('TokenRefresher', () => {
  it('asks neither the store nor the issuer while the token holds', () => {
    const { replica, begin, leased } = start();
    const [id, stored] = begin(31_000);
    expect(replica().fresh(id, stored)).toBe(stored);
    expect(leased).not.toHaveBeenCalled();
  });

  it('asks once for all requests of a process', async () => {
    const { replica, begin, issuer, leased, session } = start();
    const [id, stored] = begin(-1);
    const refresher = replica();
    const all = Array.from({ length: 50 }, () => refresher.fresh(id, stored));
    await turn();
    issuer.say(session(300_000, { accessToken: 'new' }));
    for (const fresh of await Promise.all(all)) expect(fresh!.session.tokens.accessToken).toBe('new');
    expect([leased.mock.calls.length, issuer.asked]).toEqual([1, 1]);
  });

  it('makes nobody wait but who asks, while the old token holds', async () => {
    const { replica, begin, issuer, session } = start();
    const [id, stored] = begin(20_000);
    const [a, b] = [replica(), replica()];
    const asking = a.fresh(id, stored);
    await turn();
    expect(a.fresh(id, stored)).toBe(stored);
    expect(await b.fresh(id, stored)).toBe(stored);
    issuer.say(session(300_000));
    await asking;
    expect(issuer.asked).toBe(1);
  });

  it('takes over from a replica that died with the lease', async () => {
    const { replica, begin, issuer, store, clock, session } = start();
    const [id, stored] = begin(-1);
    store.lease(id, 'dead', 5_000);
    const asking = Promise.resolve(replica().fresh(id, stored));
    for (let passed = 0; passed < 5_000; passed += 25) {
      expect(issuer.asked).toBe(0);
      await turn();
      clock.advance(25);
    }
    await turn();
    issuer.say(session(300_000, { accessToken: 'new' }));
    expect((await asking)!.session.tokens.accessToken).toBe('new');
  });

  it('brings back no session that was ended while the issuer answered', async () => {
    const { replica, begin, issuer, store, session } = start();
    const [id, stored] = begin(-1);
    const asking = replica().fresh(id, stored);
    await turn();
    store.end(id);
    issuer.say(session(300_000));
    expect(await asking).toBeUndefined();
    expect(store.read(id, false)).toBeUndefined();
  });

  it('does not write over what another wrote after the lease was over', async () => {
    const { replica, begin, issuer, store, session } = start();
    const [id, stored] = begin(-1);
    const asking = replica().fresh(id, stored);
    await turn();
    store.replace(id, session(300_000, { accessToken: 'theirs' }), stored.version);
    issuer.say(session(300_000, { accessToken: 'late' }));
    expect((await asking)!.session.tokens.accessToken).toBe('theirs');
  });

  it('leaves a failing issuer alone for a second', async () => {
    const { replica, begin, issuer, clock } = start();
    const [id, stored] = begin(-1);
    const refresher = replica();
    const asking = refresher.fresh(id, stored);
    await turn();
    issuer.say(new Error('down'));
    await expect(asking).rejects.toBeInstanceOf(SessionsUnavailable);
    await expect(refresher.fresh(id, stored)).rejects.toBeInstanceOf(SessionsUnavailable);
    expect(issuer.asked).toBe(1);
    clock.advance(1_000);
    const again = refresher.fresh(id, stored);
    await turn();
    expect(issuer.asked).toBe(2);
    issuer.say(new Error('down'));
    await expect(again).rejects.toBeInstanceOf(SessionsUnavailable);
  });

  it('lets a session without a refresh token end with its access token', () => {
    const { replica, begin } = start();
    const [held, over] = [begin(10_000, { refreshToken: undefined }), begin(-1, { refreshToken: undefined })];
    expect(replica().fresh(...held)).toBe(held[1]);
    expect(replica().fresh(...over)).toBeUndefined();
  });
});
