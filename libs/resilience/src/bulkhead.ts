/**
 * Something that wants to run inside a {@link Bulkhead}. The queue keeps its links on the waiter itself, so that waiting
 * allocates nothing; a waiter waits once at a time. Initialise the links with `null`, `isQueued` with false.
 */
export interface BulkheadWaiter {
  /** The instant, in milliseconds, after which it need not run any more. */
  readonly deadlineAt: number;
  /** Its turn came: it runs now, and must be given back by {@link Bulkhead.release}. May release before it returns. */
  onAdmitted(): void;
  /** It was taken out because its deadline passed while it waited. */
  onExpired(): void;
  /** The bulkhead's own. */
  isQueued: boolean;
  /** The bulkhead's own. */
  queueNext: BulkheadWaiter | null;
  /** The bulkhead's own. */
  queuePrevious: BulkheadWaiter | null;
}

/** What became of a waiter: it runs, it waits, or there was no room. */
export type Admission = 'admitted' | 'queued' | 'full';

/**
 * Bounds how many calls an upstream has under way, and how many wait for it, so that one that hangs holds no more than
 * that. First come, first served; those whose deadline has passed are never started. Sets no timers: a waiter that gives
 * up by itself {@link leave}s, in constant time.
 */
export class Bulkhead {
  private head: BulkheadWaiter | null = null;
  private tail: BulkheadWaiter | null = null;
  private running = 0;
  private waiting = 0;
  private isServing = false;

  /**
   * @param maxConcurrent  >= 1; may be moved by {@link limitTo}
   * @param maxQueued      >= 0
   */
  constructor(
    private maxConcurrent = 64,
    private maxQueued = 64,
  ) {}

  /** How many may run. */
  get limit(): number {
    return this.maxConcurrent;
  }

  /** How many run. */
  get active(): number {
    return this.running;
  }

  /** How many wait. */
  get queued(): number {
    return this.waiting;
  }

  /**
   * Takes a place if one is free and nobody waits: what {@link enter} does, for callers that make a waiter only when they
   * have to wait. A place taken must be given back by {@link release}.
   */
  admit(): boolean {
    if (this.running >= this.maxConcurrent || this.head !== null) return false;
    this.running++;
    return true;
  }

  /**
   * Asks for a place. An admitted waiter is told by the answer alone, not by `onAdmitted`.
   * @param now  milliseconds
   */
  enter(waiter: BulkheadWaiter, now: number): Admission {
    if (this.admit()) return 'admitted';
    if (this.waiting >= this.maxQueued) this.dropExpired(now);
    if (this.waiting >= this.maxQueued) return 'full';
    this.append(waiter);
    return 'queued';
  }

  /**
   * One that ran has ended: its place goes to the first that waits and still has time.
   * @param now  milliseconds
   */
  release(now: number): void {
    this.running--;
    this.serve(now);
  }

  /** Takes out one that waits; does nothing when it does not. */
  leave(waiter: BulkheadWaiter): void {
    if (waiter.isQueued) this.unlink(waiter);
  }

  /**
   * Moves the bound on what runs; those above it finish.
   * @param maxConcurrent  >= 1
   * @param now            milliseconds
   */
  limitTo(maxConcurrent: number, now: number): void {
    this.maxConcurrent = maxConcurrent;
    this.serve(now);
  }

  /**
   * Moves the bound on what waits; those above it go on waiting.
   * @param maxQueued  >= 0
   */
  queueUpTo(maxQueued: number): void {
    this.maxQueued = maxQueued;
  }

  private serve(now: number): void {
    // One that is admitted may end, and release, at once: the loop that is running already goes on, the stack does not grow.
    if (this.isServing) return;
    this.isServing = true;
    try {
      while (this.running < this.maxConcurrent && this.head !== null) {
        const waiter = this.head;
        this.unlink(waiter);
        if (waiter.deadlineAt <= now) waiter.onExpired();
        else {
          this.running++;
          waiter.onAdmitted();
        }
      }
    } finally {
      this.isServing = false;
    }
  }

  private dropExpired(now: number): void {
    for (let waiter = this.head; waiter !== null && waiter.deadlineAt <= now; waiter = this.head) {
      this.unlink(waiter);
      waiter.onExpired();
    }
  }

  private append(waiter: BulkheadWaiter): void {
    waiter.isQueued = true;
    waiter.queuePrevious = this.tail;
    waiter.queueNext = null;
    if (this.tail === null) this.head = waiter;
    else this.tail.queueNext = waiter;
    this.tail = waiter;
    this.waiting++;
  }

  private unlink(waiter: BulkheadWaiter): void {
    const { queuePrevious, queueNext } = waiter;
    if (queuePrevious === null) this.head = queueNext;
    else queuePrevious.queueNext = queueNext;
    if (queueNext === null) this.tail = queuePrevious;
    else queueNext.queuePrevious = queuePrevious;
    waiter.isQueued = false;
    waiter.queueNext = waiter.queuePrevious = null;
    this.waiting--;
  }
}
