import { ServiceUnavailableException } from '@nestjs/common';
import type { Counter, CounterFamily, Metrics } from 'guichet/observability';
import { LoginFailed } from '../session/login-failed.js';
import { MemorySessionStore } from '../session/memory-session.store.js';
import { RedisSessionStore } from '../session/redis-session.store.js';
import type { SessionStore } from '../session/session-store.js';
import { SessionsUnavailable } from '../session/sessions-unavailable.js';

/** Counts what becomes of logins and sessions, and shows how their store is; never whose they are. */
export class SessionMetrics {
  readonly loginsBegun: Counter;
  readonly loginsCompleted: Counter;
  /** Sessions that ended before their time. */
  readonly logouts: Readonly<Record<'user' | 'issuer' | 'refresh', Counter>>;
  /** The issuer's logout tokens. */
  readonly backchannel: Readonly<Record<'accepted' | 'rejected' | 'unavailable', Counter>>;
  /** Of access tokens. */
  readonly refreshes: Readonly<Record<'refreshed' | 'rejected' | 'unavailable', Counter>>;
  private readonly logins: CounterFamily;

  constructor(metrics: Metrics, store: SessionStore) {
    const counter = (name: string, help: string, ...labels: string[]): CounterFamily =>
      metrics.counter({ name: `guichet_session_${name}_total`, help, labels });
    this.loginsBegun = counter('logins_begun', 'Browsers that were sent to the issuer').child();
    this.logins = counter('logins', 'Logins by how they ended and, of those that failed, why', 'outcome', 'reason');
    this.loginsCompleted = this.logins.child('completed', '');
    this.logouts = children(
      counter('logouts', 'Sessions that ended before their time, by who ended them', 'by'),
      'user',
      'issuer',
      'refresh',
    );
    this.backchannel = children(
      counter('backchannel_logouts', 'Logout tokens of the issuer by what became of them', 'outcome'),
      'accepted',
      'rejected',
      'unavailable',
    );
    this.refreshes = children(
      counter('refreshes', 'Access tokens of sessions that were due, by what the issuer said', 'outcome'),
      'refreshed',
      'rejected',
      'unavailable',
    );
    showStore(metrics, store);
  }

  /** A login did not come to its end, for what was thrown; what is no failure of a login is not counted. */
  loginFailed(error: unknown): void {
    const reason = loginFailure(error);
    if (reason !== undefined) this.logins.child('failed', reason).increment();
  }
}

function loginFailure(error: unknown): string | undefined {
  if (error instanceof LoginFailed) return error.reason;
  if (error instanceof SessionsUnavailable) return 'store-unavailable';
  return error instanceof ServiceUnavailableException ? 'issuer-unavailable' : undefined;
}

function showStore(metrics: Metrics, store: SessionStore): void {
  if (store instanceof MemorySessionStore) {
    metrics.gauge({
      name: 'guichet_sessions_live',
      help: 'Sessions in the memory of this process',
      read: say => say(store.size),
    });
  }
  if (!(store instanceof RedisSessionStore)) return;
  metrics.readCounter({
    name: 'guichet_session_store_failures_total',
    help: 'Commands that the store of sessions did not answer',
    read: say => say(store.failures),
  });
  metrics.gauge({
    name: 'guichet_session_store_up',
    help: 'Whether the store of sessions answered the latest command (1) or not (0)',
    read: say => say(store.isUp ? 1 : 0),
  });
}

function children<Name extends string>(family: CounterFamily, ...names: readonly Name[]): Record<Name, Counter> {
  return Object.fromEntries(names.map(name => [name, family.child(name)])) as Record<Name, Counter>;
}
