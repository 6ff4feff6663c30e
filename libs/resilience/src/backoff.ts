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
  return random * ceilingMs(failures, baseMs, maxMs);
}

/**
 * Exponential backoff with equal jitter: a random wait in the upper half below the ceiling. For what is asked for as long
 * as it takes, where the rate counts as much as the spread: at the ceiling never more often than every `maxMs / 2`.
 * @param failures   failures in a row so far, >= 1
 * @param baseMs     milliseconds, the ceiling after the first failure
 * @param maxMs      milliseconds, the ceiling never passed
 * @param random     a number in [0, 1)
 * @returns milliseconds to wait
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function equalJitterBackoffMs(failures: number, baseMs: number, maxMs: number, random: number): number {
  const ceiling = ceilingMs(failures, baseMs, maxMs);
  return ceiling / 2 + (random * ceiling) / 2;
}

function ceilingMs(failures: number, baseMs: number, maxMs: number): number {
  return Math.min(maxMs, baseMs * 2 ** (failures - 1));
}
