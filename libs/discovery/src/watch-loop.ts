import type { Clock } from 'guichet/kernel';
import { equalJitterBackoffMs } from 'guichet/resilience';
import { Cancellation } from './consul-connection.js';
import { type Pace, QueryPace } from './query-pace.js';

/** Milliseconds. On average one attempt in 1.2 s while Consul is away, and the first at most 1.6 s after it is back. */
const RETRY_BASE_MS = 500;
const RETRY_MAX_MS = 1_600;

/** Milliseconds and counts. A change is followed at once, four of them within a second even so; what changes without end costs one query a second. */
export const PACE: Pace = { minGapMs: 50, sustainedGapMs: 1_000, burst: 4 };

/** An answer of Consul to a query that may have waited for it. */
export interface WatchedAnswer<T> {
  readonly body: T;
  /** To wait beyond; undefined where there is none, or where it went back: then the next query does not block. */
  readonly index: string | undefined;
  /** Whether the index went back: a wiped or restored Consul. */
  readonly isReset: boolean;
  /** How many queries failed before this one. */
  readonly failuresBefore: number;
}

/** What a loop works with. */
export interface WatchLoopParts<T> {
  /** Asks Consul; with an index, the answer waits for a change. */
  readonly query: (
    index: string | undefined,
    cancellation: Cancellation,
  ) => Promise<{ readonly index: unknown; readonly body: T }>;
  /** Takes an answer. What it throws counts as a failure of the query. */
  readonly answered: (answer: WatchedAnswer<T>) => void;
  /** @param failures  how many in a row, this one included */
  readonly failed: (error: unknown, failures: number) => void;
  readonly pace: Pace;
  readonly clock: Clock;
  /** Gives a number in [0, 1). */
  readonly random: () => number;
}

/**
 * Blocking queries, one at a time, from `start` until `close`, by Consul's rules: an index that goes back means to start over, and
 * so does an error; queries keep a distance, failed ones a longer one with jitter.
 * @see docs/decisions/0002-own-consul-watch-loop.md
 */
export class WatchLoop<T> {
  private readonly pace: QueryPace;
  private index: string | undefined;
  private failures = 0;
  private stopWaiting: () => void = () => {};
  private isClosed = false;

  constructor(private readonly parts: WatchLoopParts<T>) {
    this.pace = new QueryPace(parts.pace);
  }

  /** Call once; resolves when it is closed, never rejects. */
  async start(): Promise<void> {
    const { clock, query, random } = this.parts;
    while (!this.isClosed) {
      await this.wait(this.pace.next(clock.now()));
      if (this.isClosed) break;
      const cancellation = new Cancellation();
      this.stopWaiting = () => cancellation.cancel();
      try {
        const { index, body } = await query(this.index, cancellation);
        if (!this.isClosed) this.accept(index, body);
      } catch (error) {
        if (this.isClosed) break;
        this.index = undefined;
        this.parts.failed(error, ++this.failures);
        await this.wait(equalJitterBackoffMs(this.failures, RETRY_BASE_MS, RETRY_MAX_MS, random()));
      }
    }
  }

  /** Ends the query under way. Safe to call twice. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.stopWaiting();
  }

  private accept(header: unknown, body: T): void {
    const told = readIndex(header);
    const isReset = this.index !== undefined && (told === undefined || BigInt(told) < BigInt(this.index));
    const index = isReset ? undefined : told;
    this.parts.answered({ body, index, isReset, failuresBefore: this.failures });
    this.index = index;
    this.failures = 0;
  }

  private async wait(delayMs: number): Promise<void> {
    if (delayMs <= 0) return;
    await new Promise<void>(resolve => {
      const timer = this.parts.clock.setTimer(resolve, delayMs);
      this.stopWaiting = () => {
        timer.clear();
        resolve();
      };
    });
  }
}

/** @returns the index to wait beyond, or undefined where there is none: then the next query does not block */
function readIndex(header: unknown): string | undefined {
  return typeof header === 'string' && /^[1-9]\d{0,19}$/.test(header) ? header : undefined;
}
