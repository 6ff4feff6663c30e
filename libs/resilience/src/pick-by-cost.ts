import type { PeakEwma } from './peak-ewma.js';

/** What the pick knows of an instance. */
export interface CostCandidate {
  /** Calls under way, >= 0. */
  readonly outstanding: number;
  /** Its share of traffic relative to the others, > 0. */
  readonly weight: number;
  readonly latency: PeakEwma;
  /**
   * How much of its weight it may use.
   * @param now  milliseconds
   * @returns 0 for one that is ejected, up to 1
   */
  share(now: number): number;
}

/** How many times slower one is before that is no longer taken for chance: or at low load the luckiest gets half of all. */
const NOISE = 2;

/**
 * Power of two choices by cost: draws two candidates by weight and share and takes the one whose expected wait is shorter,
 * latency x (outstanding + 1) for its weight and share. Where one was not heard of lately, or they are about as fast, outstanding
 * calls alone decide.
 * Allocates nothing.
 * @param now      milliseconds
 * @param random   gives a number in [0, 1)
 * @param exclude  the one not to take, for a second attempt. It *is* taken when there is nothing else: a caller that
 *                 must not have it compares. An ejected one is taken only when all are
 * @returns undefined when there are no candidates
 * @see https://linkerd.io/2016/03/16/beyond-round-robin-load-balancing-for-latency/  (where peak EWMA and cost come from)
 */
export function pickByCost<T extends CostCandidate>(
  candidates: readonly T[],
  now: number,
  random: () => number,
  exclude?: T,
): T | undefined {
  if (candidates.length <= 1) return candidates[0];
  const first = draw(candidates, now, random, exclude, undefined);
  if (first === undefined) return lastResort(candidates, now, exclude);
  const second = draw(candidates, now, random, exclude, first);
  return second !== undefined && isCheaper(second, first, now) ? second : first;
}

function isCheaper(one: CostCandidate, other: CostCandidate, now: number): boolean {
  const oneWait = (one.outstanding + 1) * other.weight * other.share(now);
  const otherWait = (other.outstanding + 1) * one.weight * one.share(now);
  if (!one.latency.isKnown(now) || !other.latency.isKnown(now)) return oneWait < otherWait;
  const oneMs = one.latency.latencyMs(now);
  const otherMs = other.latency.latencyMs(now);
  if (oneMs < NOISE * otherMs && otherMs < NOISE * oneMs) return oneWait < otherWait;
  return oneWait * oneMs < otherWait * otherMs;
}

function draw<T extends CostCandidate>(
  candidates: readonly T[],
  now: number,
  random: () => number,
  notThis: T | undefined,
  norThis: T | undefined,
): T | undefined {
  let total = 0;
  for (const candidate of candidates) {
    if (candidate !== notThis && candidate !== norThis) total += candidate.weight * candidate.share(now);
  }
  if (total === 0) return undefined;
  let point = random() * total;
  let last: T | undefined;
  for (const candidate of candidates) {
    if (candidate === notThis || candidate === norThis) continue;
    const share = candidate.weight * candidate.share(now);
    if (share === 0) continue;
    last = candidate;
    point -= share;
    if (point < 0) return candidate;
  }
  // Only rounding comes here.
  return last;
}

/** Nothing but what is excluded or ejected: rather the excluded than an ejected one, rather an ejected one than none. */
function lastResort<T extends CostCandidate>(candidates: readonly T[], now: number, exclude: T | undefined): T {
  if (exclude !== undefined && exclude.share(now) > 0 && candidates.includes(exclude)) return exclude;
  return candidates.find(candidate => candidate !== exclude)!;
}
