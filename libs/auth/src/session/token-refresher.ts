import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { Clock, systemClock } from 'guichet/kernel';
import { SessionMetrics } from '../metrics/session-metrics.js';
import { GrantRejected, OidcClient } from './oidc.client.js';
import type { StoredSession } from './session.js';
import { type Awaitable, SessionStore } from './session-store.js';
import { SESSION_OPTIONS, type SessionOptions } from './session.options.js';
import { SessionsUnavailable } from './sessions-unavailable.js';

/** Milliseconds after a failed refresh during which no replica asks the issuer again. */
const REST_MS = 1_000;
/** Milliseconds between two looks at what another replica is doing. */
const LOOK_MS = 25;
/** What a lease outlives the issuer's answer by: the time to write it down. */
const WRITING_MS = 2_000;

/**
 * Keeps a session's access token fresh: one refresh a session, however many requests and replicas ask at the same time. In this
 * process they share a promise, across replicas the store grants one a lease; what is written is written only over what was
 * read, so that a holder who comes too late changes nothing.
 */
@Injectable()
export class TokenRefresher {
  private readonly underWay = new Map<string, Promise<StoredSession | undefined>>();
  private readonly clock: Clock;

  constructor(
    private readonly store: SessionStore,
    private readonly issuer: OidcClient,
    @Inject(SESSION_OPTIONS) private readonly options: SessionOptions,
    @Optional() @Inject(Clock) clock?: Clock,
    @Optional() @Inject(SessionMetrics) private readonly metrics?: SessionMetrics,
  ) {
    this.clock = clock ?? systemClock;
  }

  /**
   * @returns the session with an access token that holds, at once where it needs no refresh; undefined when it ended
   * @throws SessionsUnavailable  if the token is over and the issuer does not answer
   */
  fresh(id: string, stored: StoredSession): Awaitable<StoredSession | undefined> {
    if (!this.isDue(stored)) return stored;
    if (stored.session.tokens.refreshToken === undefined) return this.holds(stored) ? stored : undefined;
    const known = this.underWay.get(id);
    if (known) return this.holds(stored) ? stored : known;
    const refresh = this.refresh(id, stored).finally(() => this.underWay.delete(id));
    this.underWay.set(id, refresh);
    return refresh;
  }

  private async refresh(id: string, stored: StoredSession): Promise<StoredSession | undefined> {
    const holder = randomUUID();
    const leaseMs = this.options.issuerTimeoutMs + WRITING_MS;
    const patienceEndsAt = this.clock.now() + leaseMs;
    for (let seen = stored; ;) {
      const lease = await this.store.lease(id, holder, leaseMs);
      if (lease === 'granted') return this.refreshAs(holder, id);
      if (this.holds(seen)) return seen;
      if (lease === 'resting' || this.clock.now() >= patienceEndsAt) throw new SessionsUnavailable();
      await new Promise<void>(resolve => this.clock.setTimer(resolve, LOOK_MS));
      const current = await this.store.read(id, false);
      if (!current || !this.isDue(current)) return current;
      seen = current;
    }
  }

  private async refreshAs(holder: string, id: string): Promise<StoredSession | undefined> {
    let restMs = 0;
    try {
      // Another may have been faster between the first look and the lease.
      const current = await this.store.read(id, false);
      if (!current || !this.isDue(current)) return current;
      try {
        const session = await this.issuer.refresh(current.session);
        this.metrics?.refreshes.refreshed.increment();
        const isWritten = await this.store.replace(id, session, current.version);
        return isWritten ? { ...current, session, version: current.version + 1 } : await this.store.read(id, false);
      } catch (error) {
        if (error instanceof SessionsUnavailable) throw error;
        if (error instanceof GrantRejected) {
          this.metrics?.refreshes.rejected.increment();
          await this.store.end(id);
          this.metrics?.logouts.refresh.increment();
          return undefined;
        }
        this.metrics?.refreshes.unavailable.increment();
        restMs = REST_MS;
        if (this.holds(current)) return current;
        throw new SessionsUnavailable(error);
      }
    } finally {
      // A lease that cannot be given back ends by itself.
      await Promise.resolve(this.store.settle(id, holder, restMs)).catch(() => {});
    }
  }

  private isDue({ session: { tokens } }: StoredSession): boolean {
    return this.endsBefore(tokens.accessExpiresAtEpochMs, this.options.refreshAheadMs);
  }

  private holds({ session: { tokens } }: StoredSession): boolean {
    return !this.endsBefore(tokens.accessExpiresAtEpochMs, 0);
  }

  private endsBefore(atEpochMs: number | undefined, aheadMs: number): boolean {
    return atEpochMs !== undefined && atEpochMs - aheadMs <= this.clock.epochMs();
  }
}
