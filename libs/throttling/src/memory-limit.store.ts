import { type Clock, systemClock } from 'guichet/kernel';
import { type Hit, type Limit, LimitStore } from './limit-store.js';

interface Window {
  spent: number;
  /** The instant it ends, or the block does. */
  endsAt: number;
  blocked: boolean;
}

/**
 * Counts in this process: O(1) a hit, answered at once, at most `maxKeys` keys. When there are more, the oldest window is
 * forgotten, expired ones first as they are the oldest. Exact for one replica only.
 */
export class MemoryLimitStore extends LimitStore {
  private readonly windows = new Map<string, Window>();

  /** @param maxKeys  keys held at the most; about 150 bytes each */
  constructor(
    private readonly clock: Clock = systemClock,
    private readonly maxKeys = 100_000,
  ) {
    super();
  }

  /** How many keys are held, expired ones included. */
  get size(): number {
    return this.windows.size;
  }

  override hit(key: string, cost: number, { limit, windowMs, blockMs }: Limit): Hit {
    const now = this.clock.now();
    const window = this.current(key, now, windowMs);
    if (window.blocked) return { spent: window.spent, admitted: false, resetMs: wait(window, now) };
    if (window.spent + cost > limit) {
      if (blockMs > 0) {
        window.blocked = true;
        window.endsAt = now + blockMs;
      }
      return { spent: window.spent, admitted: false, resetMs: wait(window, now) };
    }
    window.spent += cost;
    return { spent: window.spent, admitted: true, resetMs: wait(window, now) };
  }

  override async close(): Promise<void> {
    this.windows.clear();
  }

  private current(key: string, now: number, windowMs: number): Window {
    const known = this.windows.get(key);
    if (known && known.endsAt > now) return known;
    // Put in anew, so that the map's order stays the order in which windows began.
    if (known) this.windows.delete(key);
    else this.makeRoom(now);
    const window = { spent: 0, endsAt: now + windowMs, blocked: false };
    this.windows.set(key, window);
    return window;
  }

  /** Forgets at most two windows for each that is added: what has expired goes without ever being searched for. */
  private makeRoom(now: number): void {
    let looked = 0;
    for (const [key, window] of this.windows) {
      const isFull = this.windows.size >= this.maxKeys;
      if (looked++ === 2 || (!isFull && window.endsAt > now)) return;
      this.windows.delete(key);
    }
  }
}

/** Whole milliseconds: a sum of fractions would be a hair above the window and look like a second more. */
function wait(window: Window, now: number): number {
  return Math.round(window.endsAt - now);
}
