import type { PooledConnection } from './pooled-connection.js';

/** The connections that rest after an answer, in the order in which they may be used again: a list that is kept on themselves. */
export class RestingConnections {
  private first: PooledConnection | undefined = undefined;
  private last: PooledConnection | undefined = undefined;

  /** The instant at which the first has rested, milliseconds; undefined where none rests. */
  get nextAt(): number | undefined {
    return this.first?.restedAt;
  }

  get isEmpty(): boolean {
    return this.first === undefined;
  }

  /** @param until  milliseconds; not before that of any that rests already */
  add(connection: PooledConnection, until: number): void {
    connection.restedAt = until;
    if (this.last === undefined) this.first = connection;
    else this.last.next = connection;
    this.last = connection;
  }

  /** @returns the first, taken out, if it has rested */
  takeRested(now: number): PooledConnection | undefined {
    const { first } = this;
    if (first === undefined || first.restedAt > now) return undefined;
    this.first = first.next;
    if (this.first === undefined) this.last = undefined;
    first.next = undefined;
    return first;
  }

  /**
   * Takes one out before its time. Looks through them all: its socket is gone, which is seldom, and few rest at a time.
   * @returns whether it was there
   */
  remove(connection: PooledConnection): boolean {
    let before: PooledConnection | undefined;
    for (let one = this.first; one !== undefined; before = one, one = one.next) {
      if (one !== connection) continue;
      if (before === undefined) this.first = one.next;
      else before.next = one.next;
      if (one === this.last) this.last = before;
      one.next = undefined;
      return true;
    }
    return false;
  }
}
