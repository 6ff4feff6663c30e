import type { LoginTransaction, Session } from './session.js';
import { newId } from './session-id.js';
import type { SessionStore } from './session-store.js';

/** A store under test, and how its time passes. */
export interface SessionStoreRig {
  /** Stores that share their sessions: two replicas where the store is shared, else one twice. */
  readonly replicas: readonly [SessionStore, SessionStore];
  /** Lets milliseconds pass. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** A session of somebody. */
export function sessionOf(subject: string, more: Partial<Session> = {}): Session {
  return {
    issuer: 'https://id.example',
    subject,
    sid: `sid-${subject}`,
    claims: { sub: subject, name: 'Ann Ü' },
    tokens: {
      accessToken: `access-${subject}`,
      accessExpiresAtEpochMs: 1,
      refreshToken: `refresh-${subject}`,
      idToken: 'id',
    },
    ...more,
  };
}

const lifetime = { idleMs: 300, absoluteMs: 700 };
const long = { idleMs: 60_000, absoluteMs: 60_000 };
const login: LoginTransaction = {
  state: 's',
  nonce: 'n',
  codeVerifier: 'v',
  returnUrl: '/films/1',
  replaces: undefined,
};

/** What every {@link SessionStore} promises, as jest cases. */
export function sessionStoreContract(start: () => Promise<SessionStoreRig>): void {
  let rig: SessionStoreRig;
  let a: SessionStore;
  let b: SessionStore;
  beforeEach(async () => {
    rig = await start();
    [a, b] = rig.replicas;
  });
  afterEach(() => rig.close());

  async function begin(subject: string, life = long, more: Partial<Session> = {}): Promise<string> {
    const id = newId();
    await a.create(id, sessionOf(subject, more), life);
    return id;
  }

  it('gives every replica the session as it was put in, and nobody another', async () => {
    const id = await begin('ann');
    const found = await b.read(id, true);
    expect(found).toMatchObject({ session: sessionOf('ann'), version: 1 });
    expect(await b.read(newId(), true)).toBeUndefined();
  });

  it('ends a session that nobody visits, and keeps one that is', async () => {
    const [left, visited] = [await begin('ann', lifetime), await begin('bob', lifetime)];
    await rig.pass(200);
    expect((await a.read(visited, true))!.leftMs).toBeGreaterThan(250);
    await rig.pass(200);
    expect(await b.read(left, true)).toBeUndefined();
    expect(await b.read(visited, true)).toBeDefined();
  });

  it('does not slide when asked not to', async () => {
    const id = await begin('ann', lifetime);
    await rig.pass(200);
    expect((await a.read(id, false))!.leftMs).toBeLessThan(150);
    await rig.pass(150);
    expect(await a.read(id, false)).toBeUndefined();
  });

  it('ends every session at its absolute end', async () => {
    const id = await begin('ann', lifetime);
    for (let n = 0; n < 3; n++) {
      await rig.pass(180);
      expect(await a.read(id, true)).toBeDefined();
    }
    expect((await a.read(id, true))!.leftMs).toBeLessThan(200);
    await rig.pass(200);
    expect(await a.read(id, true)).toBeUndefined();
  });

  it('lets one of two writers win, and writes nothing to an ended session', async () => {
    const id = await begin('ann');
    const next = (subject: string) => sessionOf('ann', { claims: { by: subject } });
    expect(await a.replace(id, next('a'), 1)).toBe(true);
    expect(await b.replace(id, next('b'), 1)).toBe(false);
    expect(await b.read(id, false)).toMatchObject({ session: { claims: { by: 'a' } }, version: 2 });
    await b.end(id);
    expect(await a.replace(id, next('a'), 2)).toBe(false);
    expect(await a.read(id, true)).toBeUndefined();
  });

  it('does not put off the end of a session by writing it', async () => {
    const id = await begin('ann', lifetime);
    await rig.pass(200);
    await a.replace(id, sessionOf('ann'), 1);
    await rig.pass(150);
    expect(await a.read(id, true)).toBeUndefined();
  });

  it("ends the sessions of a sid, or all of a subject, and nobody else's", async () => {
    const [one, two] = [await begin('ann'), await begin('ann', long, { sid: 'other' })];
    const bob = await begin('bob');
    const elsewhere = await begin('ann', long, { issuer: 'https://other.example' });
    expect(await b.endAll({ issuer: 'https://id.example', sid: 'sid-ann' })).toBe(1);
    expect(await a.read(one, true)).toBeUndefined();
    expect(await a.read(two, true)).toBeDefined();
    expect(await b.endAll({ issuer: 'https://id.example', subject: 'ann' })).toBe(1);
    expect(await a.read(two, true)).toBeUndefined();
    expect(await a.read(bob, true)).toBeDefined();
    expect(await a.read(elsewhere, true)).toBeDefined();
    expect(await b.endAll({ issuer: 'https://id.example', subject: 'nobody' })).toBe(0);
  });

  it('grants a lease to one of many, and to the next when it is settled or over', async () => {
    const id = newId();
    const asked = await Promise.all(Array.from({ length: 50 }, (_, n) => rig.replicas[n % 2]!.lease(id, `h${n}`, 200)));
    expect(asked.filter(lease => lease === 'granted')).toHaveLength(1);
    expect(asked.filter(lease => lease === 'held')).toHaveLength(49);
    await a.settle(id, 'not the holder', 0);
    expect(await b.lease(id, 'x', 200)).toBe('held');
    await b.settle(id, `h${asked.indexOf('granted')}`, 0);
    expect(await b.lease(id, 'x', 200)).toBe('granted');
    await rig.pass(250);
    expect(await a.lease(id, 'y', 200)).toBe('granted');
  });

  it('lets a lease rest after a failure', async () => {
    const id = newId();
    await a.lease(id, 'x', 5_000);
    await a.settle(id, 'x', 200);
    expect(await b.lease(id, 'y', 200)).toBe('resting');
    await rig.pass(250);
    expect(await b.lease(id, 'y', 200)).toBe('granted');
  });

  it('gives a login out once, and none that is over', async () => {
    const [id, late] = [newId(), newId()];
    await a.putLogin(id, login, 5_000);
    await a.putLogin(late, login, 100);
    const taken = await Promise.all([a.takeLogin(id), b.takeLogin(id), a.takeLogin(id)]);
    expect(taken.filter(Boolean)).toEqual([{ ...login }]);
    await rig.pass(150);
    expect(await b.takeLogin(late)).toBeUndefined();
  });

  it('lets a name pass once', async () => {
    const name = newId();
    expect(await Promise.all([a.once(name, 200), b.once(name, 200)]).then(all => all.filter(Boolean).length)).toBe(1);
    await rig.pass(250);
    expect(await a.once(name, 200)).toBe(true);
  });
}
