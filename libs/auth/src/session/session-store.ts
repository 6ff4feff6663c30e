import type { LoginTransaction, Session, SessionLifetime, StoredSession } from './session.js';

/** A value now, or later: a store in memory makes nobody wait. */
export type Awaitable<T> = T | Promise<T>;

/** Which sessions end together. */
export type SessionsOf =
  { readonly issuer: string; readonly sid: string } | { readonly issuer: string; readonly subject: string };

/** Whether one may do now what only one may: it is one's own, another's, or nobody's for a while after a failure. */
export type Lease = 'granted' | 'held' | 'resting';

/**
 * Where sessions live. A port: memory (one replica) and Redis implement it, one contract spec holds for both. Stores never keep
 * an id as it stands in the cookie.
 * @throws SessionsUnavailable  from every method, if the store cannot be reached
 */
export abstract class SessionStore {
  /** Begins a session under a new id. */
  abstract create(id: string, session: Session, lifetime: SessionLifetime): Awaitable<void>;

  /**
   * @param slides  whether this counts as a visit, which puts the idle end off
   * @returns the session, or undefined when it has ended or never was
   */
  abstract read(id: string, slides: boolean): Awaitable<StoredSession | undefined>;

  /**
   * Writes a session anew, if it is still there and nobody wrote it since it was read.
   * @param version  the one that was read
   */
  abstract replace(id: string, session: Session, version: number): Awaitable<boolean>;

  abstract end(id: string): Awaitable<void>;

  /** @returns how many sessions ended */
  abstract endAll(of: SessionsOf): Awaitable<number>;

  /**
   * Asks to be the one who refreshes a session's tokens, across replicas.
   * @param holder  a name of one's own
   * @param leaseMs milliseconds after which another may, should the holder die
   */
  abstract lease(id: string, holder: string, leaseMs: number): Awaitable<Lease>;

  /**
   * Gives the lease back.
   * @param restMs  milliseconds during which nobody is granted it, after a failure; 0 for none
   */
  abstract settle(id: string, holder: string, restMs: number): Awaitable<void>;

  /** Remembers a login under way. */
  abstract putLogin(id: string, login: LoginTransaction, lifeMs: number): Awaitable<void>;

  /** Takes it out: the second who asks gets undefined. */
  abstract takeLogin(id: string): Awaitable<LoginTransaction | undefined>;

  /** @returns true for the first who names this, within its life, and false for all others */
  abstract once(name: string, lifeMs: number): Awaitable<boolean>;

  /** Whether it answered when it was heard of last. */
  get isWell(): boolean {
    return true;
  }

  /** Frees what is held. */
  abstract close(): Promise<void>;
}
