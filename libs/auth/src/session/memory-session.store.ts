import { type Clock, systemClock } from 'guichet/kernel';
import { ExpiringMap } from './expiring-map.js';
import type { LoginTransaction, Session, SessionLifetime, StoredSession } from './session.js';
import { derive } from './session-id.js';
import { type Lease, SessionStore, type SessionsOf } from './session-store.js';

interface Held {
  readonly session: Session;
  readonly version: number;
  readonly idleMs: number;
  /** The instant it ends at the latest. */
  readonly endsAt: number;
  /** The instant it ends if nobody comes. */
  readonly idleEndsAt: number;
}

const MAX_LOGINS = 10_000;
const MAX_NAMES = 100_000;

/** Sessions of one replica, answered at once; they end with the process. */
export class MemorySessionStore extends SessionStore {
  private readonly sessions: ExpiringMap<Held>;
  private readonly leases: ExpiringMap<string>;
  private readonly logins: ExpiringMap<LoginTransaction>;
  private readonly names: ExpiringMap<true>;

  /** @param maxSessions  sessions held at the most; who was away longest is logged out first */
  constructor(
    private readonly clock: Clock = systemClock,
    maxSessions = 100_000,
  ) {
    super();
    this.sessions = new ExpiringMap(clock, maxSessions);
    this.leases = new ExpiringMap(clock, maxSessions);
    this.logins = new ExpiringMap(clock, MAX_LOGINS);
    this.names = new ExpiringMap(clock, MAX_NAMES);
  }

  /** How many sessions there are. */
  get size(): number {
    return this.sessions.size;
  }

  override create(id: string, session: Session, { idleMs, absoluteMs }: SessionLifetime): void {
    const now = this.clock.now();
    this.put(keyOf(id), { session, version: 1, idleMs, endsAt: now + absoluteMs, idleEndsAt: now + idleMs });
  }

  override read(id: string, slides: boolean): StoredSession | undefined {
    const held = this.sessions.get(keyOf(id));
    if (!held) return undefined;
    const now = this.clock.now();
    const idleEndsAt = slides ? now + held.idleMs : held.idleEndsAt;
    if (slides) this.put(keyOf(id), { ...held, idleEndsAt });
    return { session: held.session, version: held.version, leftMs: Math.min(idleEndsAt, held.endsAt) - now };
  }

  override replace(id: string, session: Session, version: number): boolean {
    const held = this.sessions.get(keyOf(id));
    if (held?.version !== version) return false;
    this.put(keyOf(id), { ...held, session, version: version + 1 });
    return true;
  }

  override end(id: string): void {
    this.sessions.delete(keyOf(id));
  }

  override endAll(of: SessionsOf): number {
    let ended = 0;
    for (const [key, { session }] of this.sessions.values()) {
      const isMeant = 'sid' in of ? session.sid === of.sid : session.subject === of.subject;
      if (isMeant && session.issuer === of.issuer && this.sessions.delete(key)) ended++;
    }
    return ended;
  }

  override lease(id: string, holder: string, leaseMs: number): Lease {
    const held = this.leases.get(keyOf(id));
    if (held !== undefined) return held === '' ? 'resting' : 'held';
    this.leases.set(keyOf(id), holder, leaseMs);
    return 'granted';
  }

  override settle(id: string, holder: string, restMs: number): void {
    if (this.leases.get(keyOf(id)) !== holder) return;
    if (restMs > 0) this.leases.set(keyOf(id), '', restMs);
    else this.leases.delete(keyOf(id));
  }

  override putLogin(id: string, login: LoginTransaction, lifeMs: number): void {
    this.logins.set(keyOf(id), login, lifeMs);
  }

  override takeLogin(id: string): LoginTransaction | undefined {
    const login = this.logins.get(keyOf(id));
    this.logins.delete(keyOf(id));
    return login;
  }

  override once(name: string, lifeMs: number): boolean {
    if (this.names.get(name)) return false;
    this.names.set(name, true, lifeMs);
    return true;
  }

  override async close(): Promise<void> {
    for (const map of [this.sessions, this.leases, this.logins, this.names]) map.clear();
  }

  private put(key: string, held: Held): void {
    this.sessions.set(key, held, Math.min(held.idleEndsAt, held.endsAt) - this.clock.now());
  }
}

function keyOf(id: string): string {
  return derive('store-key', id).toString('base64url');
}
