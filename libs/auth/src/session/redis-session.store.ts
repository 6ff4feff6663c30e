import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import * as scripts from './redis-session.script.js';
import { seal, unseal } from './sealed.js';
import type { LoginTransaction, Session, SessionLifetime, StoredSession } from './session.js';
import { derive } from './session-id.js';
import { type Lease, SessionStore, type SessionsOf } from './session-store.js';
import { SessionsUnavailable } from './sessions-unavailable.js';

/** What a {@link RedisSessionStore} needs to know. */
export interface RedisSessionStoreOptions {
  /** `redis://` or `rediss://` URL of a single Redis (or its proxy), no cluster. */
  readonly url: string;
  /** What the keys begin with; replicas of one app share it. */
  readonly prefix: string;
  /** Milliseconds after which a command counts as failed. */
  readonly commandTimeoutMs: number;
}

interface Commands {
  sessionCreate(count: number, ...args: (string | number)[]): Promise<number>;
  sessionRead(key: string, slides: string): Promise<[string, number, number] | null>;
  sessionReplace(key: string, data: string, version: number): Promise<number>;
  sessionEnd(key: string): Promise<number>;
  sessionEndAll(index: string): Promise<number>;
  sessionSettle(key: string, holder: string, restMs: number): Promise<number>;
}

/**
 * Sessions of all replicas. Keys hold a digest of the id, and values are sealed under the id itself: Redis knows neither who is
 * logged in nor with which tokens.
 */
export class RedisSessionStore extends SessionStore {
  private readonly redis: Redis & Commands;
  private failed = 0;
  private isAnswering = true;

  constructor(private readonly options: RedisSessionStoreOptions) {
    super();
    const redis = new Redis(options.url, {
      commandTimeout: options.commandTimeoutMs,
      connectTimeout: 1_000,
      // It waits so long for the close of a connection that closed long ago, too, and keeps the process meanwhile.
      disconnectTimeout: 250,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      retryStrategy: attempt => Math.min(50 * attempt, 500),
      // A failover leaves the old primary read-only: connect anew.
      reconnectOnError: error => error.message.startsWith('READONLY'),
    });
    // ioredis says every failed attempt here, and ends the process where nobody listens; a failed command tells it too.
    redis.on('error', () => {});
    redis.defineCommand('sessionCreate', { lua: scripts.CREATE_SCRIPT });
    redis.defineCommand('sessionRead', { numberOfKeys: 1, lua: scripts.READ_SCRIPT });
    redis.defineCommand('sessionReplace', { numberOfKeys: 1, lua: scripts.REPLACE_SCRIPT });
    redis.defineCommand('sessionEnd', { numberOfKeys: 1, lua: scripts.END_SCRIPT });
    redis.defineCommand('sessionEndAll', { numberOfKeys: 1, lua: scripts.END_ALL_SCRIPT });
    redis.defineCommand('sessionSettle', { numberOfKeys: 1, lua: scripts.SETTLE_SCRIPT });
    this.redis = redis as Redis & Commands;
  }

  /** Commands that Redis did not answer. */
  get failures(): number {
    return this.failed;
  }

  /** Whether it answered the latest. */
  get isUp(): boolean {
    return this.isAnswering;
  }

  override async create(id: string, session: Session, { idleMs, absoluteMs }: SessionLifetime): Promise<void> {
    const { issuer, subject, sid } = session;
    const keys = [this.key('session', id), this.index({ issuer, subject })];
    if (sid !== undefined) keys.push(this.index({ issuer, sid }));
    await this.ask(this.redis.sessionCreate(keys.length, ...keys, seal(id, session), idleMs, absoluteMs));
  }

  override async read(id: string, slides: boolean): Promise<StoredSession | undefined> {
    const found = await this.ask(this.redis.sessionRead(this.key('session', id), slides ? '1' : '0'));
    if (!found) return undefined;
    const [data, version, leftMs] = found;
    return { session: unseal<Session>(id, data), version, leftMs };
  }

  override async replace(id: string, session: Session, version: number): Promise<boolean> {
    return (await this.ask(this.redis.sessionReplace(this.key('session', id), seal(id, session), version))) === 1;
  }

  override async end(id: string): Promise<void> {
    await this.ask(this.redis.sessionEnd(this.key('session', id)));
  }

  override endAll(of: SessionsOf): Promise<number> {
    return this.ask(this.redis.sessionEndAll(this.index(of)));
  }

  override async lease(id: string, holder: string, leaseMs: number): Promise<Lease> {
    const key = this.key('lease', id);
    if ((await this.ask(this.redis.set(key, holder, 'PX', leaseMs, 'NX'))) === 'OK') return 'granted';
    return (await this.ask(this.redis.get(key))) === '' ? 'resting' : 'held';
  }

  override async settle(id: string, holder: string, restMs: number): Promise<void> {
    await this.ask(this.redis.sessionSettle(this.key('lease', id), holder, restMs));
  }

  override async putLogin(id: string, login: LoginTransaction, lifeMs: number): Promise<void> {
    await this.ask(this.redis.set(this.key('login', id), seal(id, login), 'PX', lifeMs));
  }

  override async takeLogin(id: string): Promise<LoginTransaction | undefined> {
    const data = await this.ask(this.redis.getdel(this.key('login', id)));
    return data === null ? undefined : unseal<LoginTransaction>(id, data);
  }

  override async once(name: string, lifeMs: number): Promise<boolean> {
    const key = `${this.options.prefix}:once:${digest(name)}`;
    return (await this.ask(this.redis.set(key, '1', 'PX', lifeMs, 'NX'))) === 'OK';
  }

  override get isWell(): boolean {
    return this.isAnswering && this.redis.status === 'ready';
  }

  override async close(): Promise<void> {
    this.redis.disconnect();
  }

  private async ask<T>(command: Promise<T>): Promise<T> {
    try {
      const answer = await command;
      this.isAnswering = true;
      return answer;
    } catch (error) {
      this.failed++;
      this.isAnswering = false;
      throw new SessionsUnavailable(error);
    }
  }

  private key(kind: string, id: string): string {
    return `${this.options.prefix}:${kind}:${derive('store-key', id).toString('base64url')}`;
  }

  private index(of: SessionsOf): string {
    const name = 'sid' in of ? `sid\n${of.issuer}\n${of.sid}` : `subject\n${of.issuer}\n${of.subject}`;
    return `${this.options.prefix}:index:${digest(name)}`;
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
