import type { Clock } from 'guichet/kernel';

interface Entry<T> {
  readonly value: T;
  readonly endsAt: number;
}

/** A map whose entries end, with at most `maxSize` of them: the one put in longest ago goes first. */
export class ExpiringMap<T> {
  private readonly entries = new Map<string, Entry<T>>();

  constructor(
    private readonly clock: Clock,
    private readonly maxSize: number,
  ) {}

  /** How many there are; those that have ended do not count, unless one that lives on was put in before them. */
  get size(): number {
    for (const [key, { endsAt }] of this.entries) {
      if (endsAt > this.clock.now()) break;
      this.entries.delete(key);
    }
    return this.entries.size;
  }

  get(key: string): T | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    if (entry.endsAt > this.clock.now()) return entry.value;
    this.entries.delete(key);
    return undefined;
  }

  /** @param lifeMs  milliseconds, from now */
  set(key: string, value: T, lifeMs: number): void {
    // Put in anew, so that the map's order stays the order of use.
    if (!this.entries.delete(key)) this.makeRoom();
    this.entries.set(key, { value, endsAt: this.clock.now() + lifeMs });
  }

  delete(key: string): boolean {
    return this.entries.delete(key);
  }

  clear(): void {
    this.entries.clear();
  }

  *values(): IterableIterator<[string, T]> {
    for (const key of this.entries.keys()) {
      const value = this.get(key);
      if (value !== undefined) yield [key, value];
    }
  }

  /** Forgets at most two for each that is added: what has ended goes without ever being searched for. */
  private makeRoom(): void {
    let looked = 0;
    for (const [key, { endsAt }] of this.entries) {
      const isFull = this.entries.size >= this.maxSize;
      if (looked++ === 2 || (!isFull && endsAt > this.clock.now())) return;
      this.entries.delete(key);
    }
  }
}
