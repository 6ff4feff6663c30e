import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { Credentials, type Principal } from 'guichet/kernel';
import { SessionCookies } from './cookies.js';
import type { Session, StoredSession } from './session.js';
import { newId } from './session-id.js';
import { type Awaitable, SessionStore } from './session-store.js';
import { SESSION_OPTIONS, type SessionOptions } from './session.options.js';
import { TokenRefresher } from './token-refresher.js';

/** Who a session cookie speaks of. */
export interface Visitor {
  readonly principal: Principal;
  readonly credentials: Credentials;
}

/** The sessions of an app: begun at login, found again by their cookie. */
@Injectable()
export class Sessions {
  /** A store in memory gives the same object until the session is written: so does this. */
  private readonly visitors = new WeakMap<Session, Visitor>();

  constructor(
    private readonly store: SessionStore,
    private readonly refresher: TokenRefresher,
    private readonly cookies: SessionCookies,
    @Inject(SESSION_OPTIONS) private readonly options: SessionOptions,
  ) {}

  /**
   * Tells whose session a request brings; that counts as a visit, and refreshes the access token where it is due.
   * @returns undefined without a session, or with one that ended; no promise where the store needs none
   * @throws SessionsUnavailable  if it cannot be told now
   */
  visitorOf(request: IncomingMessage): Awaitable<Visitor | undefined> {
    const id = this.cookies.sessionId(request);
    if (id === undefined) return undefined;
    return after(
      after(this.store.read(id, true), stored => stored && this.refresher.fresh(id, stored)),
      stored => stored && this.introduce(stored),
    );
  }

  /**
   * Begins a session, always under a new id: one that somebody knew before the login is worth nothing after it.
   * @param replaces  the id of the session before, which ends
   * @returns the id for the cookie
   */
  async begin(session: Session, replaces: string | undefined): Promise<string> {
    const { idleMs, absoluteMs } = this.options;
    const id = newId();
    await this.store.create(id, session, { idleMs, absoluteMs });
    if (replaces !== undefined) await this.store.end(replaces);
    return id;
  }

  private introduce({ session }: StoredSession): Visitor {
    const known = this.visitors.get(session);
    if (known) return known;
    const { issuer, subject, claims, tokens } = session;
    const visitor = {
      principal: Object.freeze({ issuer, subject, claims: Object.freeze(claims) }),
      credentials: new Credentials(tokens.accessToken),
    };
    this.visitors.set(session, visitor);
    return visitor;
  }
}

/** Goes on at once where there is nothing to wait for. */
function after<T, U>(value: Awaitable<T>, next: (value: T) => Awaitable<U>): Awaitable<U> {
  return value instanceof Promise ? continueWith(value, next) : next(value);
}

async function continueWith<T, U>(value: Promise<T>, next: (value: T) => Awaitable<U>): Promise<U> {
  return next(await value);
}
