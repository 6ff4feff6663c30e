/**
 * Finds whose share of a line a point lies in: shares lie one after the other from 0 on, so that one that grows takes in only who
 * was beyond it.
 * @param shares  each from 0 to 1, together at most 1
 * @param point   from 0 up to 1
 * @returns the index of the share; -1 beyond all of them
 */
export function shareAt(shares: readonly number[], point: number): number {
  let end = 0;
  for (let index = 0; index < shares.length; index++) {
    end += shares[index]!;
    if (point < end) return index;
  }
  return -1;
}

/** What is left of a turn at the golden ratio: the multiples that fill a line most evenly, whatever their number. */
const GOLDEN = 0.618_033_988_749_895;

/** Gives points that fill a line evenly, in an order that looks like none. */
export class EvenSequence {
  /** @param last  where it begins: from 0 up to 1 */
  constructor(private last: number) {}

  /** @returns the next point, from 0 up to 1 */
  next(): number {
    this.last = (this.last + GOLDEN) % 1;
    return this.last;
  }
}
