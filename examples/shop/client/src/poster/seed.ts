/**
 * A stream of numbers that looks random and is not: the same text gives the same numbers, so a film keeps its poster.
 * (FNV-1a for the start, mulberry32 for the stream.)
 */
export class Seed {
  private state = 0x811c9dc5;

  constructor(text: string) {
    for (let i = 0; i < text.length; i++) this.state = Math.imul(this.state ^ text.charCodeAt(i), 0x01000193);
  }

  /** The next number, 0 <= n < 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** The next number between `from` and `to`, with one decimal: enough for a drawing. */
  between(from: number, to: number): number {
    return Math.round((from + this.next() * (to - from)) * 10) / 10;
  }

  /** The next whole number, 0 <= n < `count`. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }
}
