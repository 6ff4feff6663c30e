import { Redis } from 'ioredis';
import { HIT_SCRIPT } from './redis-limit.script.js';
import { type Hit, type Limit, LimitStore } from './limit-store.js';

interface HitCommand {
  guichetHit(
    window: string,
    mark: string,
    cost: number,
    limit: number,
    windowMs: number,
    blockMs: number,
  ): Promise<[number, number, number, number]>;
}

/** What a {@link RedisLimitStore} needs to know. */
export interface RedisLimitStoreOptions {
  /** `redis://` or `rediss://` URL. */
  readonly url: string;
  /** What the keys begin with; replicas of one app share it. */
  readonly prefix: string;
  /** Milliseconds after which a command counts as failed. */
  readonly commandTimeoutMs: number;
  /** Told when Redis turns out to have lost its data: every window starts anew, so up to one more limit was admitted. */
  readonly onDataLost: () => void;
}

/**
 * Counts in Redis, exactly, for all replicas at once: one atomic script a hit, on Redis' own clock.
 * A hit fails when Redis does; what then holds is decided by {@link ResilientLimitStore}.
 */
export class RedisLimitStore extends LimitStore {
  private readonly redis: Redis & HitCommand;
  private readonly mark: string;
  private sawMark = false;

  constructor(private readonly options: RedisLimitStoreOptions) {
    super();
    const redis = new Redis(options.url, {
      commandTimeout: options.commandTimeoutMs,
      connectTimeout: 1_000,
      // It waits so long for the close of a connection that closed long ago, too, and keeps the process meanwhile.
      disconnectTimeout: 250,
      maxRetriesPerRequest: 0,
      // A hit that cannot be counted now is decided elsewhere: none waits for a connection.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      retryStrategy: attempt => Math.min(50 * attempt, 500),
      // A failover leaves the old primary read-only: connect anew.
      reconnectOnError: error => error.message.startsWith('READONLY'),
    });
    // ioredis says every failed attempt here, and ends the process where nobody listens; a failed hit tells it too.
    redis.on('error', () => {});
    redis.defineCommand('guichetHit', { numberOfKeys: 2, lua: HIT_SCRIPT });
    this.redis = redis as Redis & HitCommand;
    this.mark = `${options.prefix}:mark`;
  }

  override async hit(key: string, cost: number, { limit, windowMs, blockMs }: Limit): Promise<Hit> {
    const window = `${this.options.prefix}:${key}`;
    const [spent, admitted, resetMs, markWasSet] = await this.redis.guichetHit(
      window,
      this.mark,
      cost,
      limit,
      windowMs,
      blockMs,
    );
    if (markWasSet === 1 && this.sawMark) this.options.onDataLost();
    this.sawMark = true;
    return { spent, admitted: admitted === 1, resetMs };
  }

  override get isWell(): boolean {
    return this.redis.status === 'ready';
  }

  override async close(): Promise<void> {
    this.redis.disconnect();
  }
}
