/**
 * Exponential backoff with full jitter: a random wait between nothing and a ceiling that doubles with every failure.
 * @param failures   failures in a row so far, >= 1
 * @param baseMs     milliseconds, the ceiling after the first failure
 * @param maxMs      milliseconds, the ceiling never passed
 * @param random     a number in [0, 1)
 * @returns milliseconds to wait
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function fullJitterBackoffMs(failures: number, baseMs: number, maxMs: number, random: number): number {
  return random * Math.min(maxMs, baseMs * 2 ** (failures - 1));
}
