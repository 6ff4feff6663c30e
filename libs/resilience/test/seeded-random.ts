/**
 * The same numbers for the same seed, so that a failing run can be had again.
 * @param seed  an integer
 * @returns gives a number in [0, 1)
 * @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c  (mulberry32)
 */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
