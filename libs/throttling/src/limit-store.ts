import { type ThrottlerStorage } from '@nestjs/throttler';

/** A limit: how much may be spent by one key in one window. */
export interface Limit {
  /** Cost units a window admits, an integer >= 1. */
  readonly limit: number;
  /** Milliseconds a window lasts, from the first hit in it. */
  readonly windowMs: number;
  /** Milliseconds that whoever exceeds the limit stays shut out; 0 is until the window ends. */
  readonly blockMs: number;
}

/** What a hit met. */
export interface Hit {
  /** Cost units spent in this window, this hit's included where it was admitted. */
  readonly spent: number;
  readonly admitted: boolean;
  /** Milliseconds until there is room again: the window's end, or the block's. */
  readonly resetMs: number;
}

/**
 * Where hits are counted. A port: memory and Redis implement it, one contract spec holds for both. A store is also an
 * ordinary `ThrottlerStorage`, so that `@nestjs/throttler`'s own guard can count in it.
 *
 * A window of a key starts with its first hit and admits exactly `limit` cost units, whoever asks at the same time. A hit that
 * would exceed the limit spends nothing.
 */
export abstract class LimitStore implements ThrottlerStorage {
  /**
   * Spends.
   * @param key   whom and what is counted
   * @param cost  cost units, an integer >= 1
   */
  abstract hit(key: string, cost: number, limit: Limit): Hit | Promise<Hit>;

  /** Whether hits were counted when it was heard of last. */
  get isWell(): boolean {
    return true;
  }

  /** Frees what is held. */
  abstract close(): Promise<void>;

  /** `@nestjs/throttler`'s way to count: seconds in the answer, one cost unit, `totalHits` beyond the limit when refused. */
  async increment(
    key: string,
    ttl: number,
    limit: number,
    blockDuration: number,
    throttlerName: string,
  ): ReturnType<ThrottlerStorage['increment']> {
    const hit = await this.hit(`${throttlerName}:${key}`, 1, { limit, windowMs: ttl, blockMs: blockDuration });
    const resetSeconds = Math.ceil(hit.resetMs / 1000);
    return {
      totalHits: hit.admitted ? hit.spent : hit.spent + 1,
      timeToExpire: resetSeconds,
      isBlocked: !hit.admitted,
      timeToBlockExpire: hit.admitted ? 0 : resetSeconds,
    };
  }
}
