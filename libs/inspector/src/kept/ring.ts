/** The last so many of something: what comes beyond takes the place of the oldest. */
export class Ring<T> {
  private readonly kept: T[] = [];
  private next = 0;

  /** @param capacity  >= 1 */
  constructor(private readonly capacity: number) {}

  add(item: T): void {
    this.kept[this.next] = item;
    this.next = (this.next + 1) % this.capacity;
  }

  /** @returns all that are kept, the oldest first */
  get items(): readonly T[] {
    return [...this.kept.slice(this.next), ...this.kept.slice(0, this.next)];
  }
}
