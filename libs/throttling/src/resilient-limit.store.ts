import { type Clock, systemClock } from 'guichet/kernel';
import { type Hit, type Limit, LimitStore } from './limit-store.js';
import { MemoryLimitStore } from './memory-limit.store.js';
import { LimitsUnavailable } from './limits-unavailable.js';

/** What holds while the shared store fails. */
export type WhenStoreFails =
  /** Each replica counts for itself. */
  | 'open'
  /** Requests are refused, 503. */
  | 'closed';

/** Milliseconds during which a store that failed is not asked again: what Redis' absence may cost is paid once in each. */
const REST_MS = 500;

/**
 * A shared store that may fail: the hit that meets the failure is answered by the local fallback (or refused), and so are all for
 * half a second; then one hit tries the store again while the others go on as they were.
 */
export class ResilientLimitStore extends LimitStore {
  private readonly local: MemoryLimitStore;
  private restUntil: number | undefined;
  private failed = 0;

  /** @param onChange  told when the store stops answering (with why) and when it answers again (with undefined) */
  constructor(
    private readonly shared: LimitStore,
    private readonly whenFails: WhenStoreFails,
    private readonly onChange: (failure: unknown) => void,
    private readonly clock: Clock = systemClock,
  ) {
    super();
    this.local = new MemoryLimitStore(clock);
  }

  /** Whether the shared store answered when it was asked last. */
  get isUp(): boolean {
    return this.restUntil === undefined;
  }

  /** How often it did not. */
  get failures(): number {
    return this.failed;
  }

  /** How many keys are counted here instead, expired ones included. */
  get size(): number {
    return this.local.size;
  }

  override hit(key: string, cost: number, limit: Limit): Hit | Promise<Hit> {
    if (this.restUntil !== undefined) {
      if (this.clock.now() < this.restUntil) return this.without(key, cost, limit);
      this.restUntil = this.clock.now() + REST_MS;
    }
    return this.ask(key, cost, limit);
  }

  override get isWell(): boolean {
    return this.restUntil === undefined && this.shared.isWell;
  }

  override async close(): Promise<void> {
    await Promise.all([this.shared.close(), this.local.close()]);
  }

  private async ask(key: string, cost: number, limit: Limit): Promise<Hit> {
    try {
      const hit = await this.shared.hit(key, cost, limit);
      if (this.restUntil !== undefined) {
        this.restUntil = undefined;
        this.onChange(undefined);
      }
      return hit;
    } catch (error) {
      this.failed++;
      if (this.restUntil === undefined) this.onChange(error);
      this.restUntil = this.clock.now() + REST_MS;
      return this.without(key, cost, limit);
    }
  }

  private without(key: string, cost: number, limit: Limit): Hit {
    if (this.whenFails === 'closed') throw new LimitsUnavailable();
    return this.local.hit(key, cost, limit);
  }
}
