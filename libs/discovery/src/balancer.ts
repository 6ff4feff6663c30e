/** What the balancer knows of an instance. */
export interface Candidate {
  /** Calls under way, >= 0. */
  readonly outstanding: number;
  /** Its share of traffic relative to the others, > 0. */
  readonly weight: number;
}

/**
 * Power of two choices: draws two candidates by weight and takes the one with fewer outstanding calls for its weight.
 * Nearly as even as asking all, without the herd that all callers make on the one that looks best. Allocates nothing.
 * @param candidates  any number
 * @param random      gives a number in [0, 1)
 * @param exclude     the one not to take, for a second attempt. It *is* taken when there is nothing else: a caller that
 *                    must not have it compares
 * @returns undefined when there are no candidates
 * @see Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, 2001
 */
export function pickOfTwo<T extends Candidate>(
  candidates: readonly T[],
  random: () => number,
  exclude?: T,
): T | undefined {
  if (candidates.length === 1) return candidates[0];
  const first = draw(candidates, random, exclude, undefined);
  if (first === undefined) return candidates[0];
  const second = draw(candidates, random, exclude, first);
  if (second === undefined) return first;
  return second.outstanding * first.weight < first.outstanding * second.weight ? second : first;
}

function draw<T extends Candidate>(
  candidates: readonly T[],
  random: () => number,
  notThis: T | undefined,
  norThis: T | undefined,
): T | undefined {
  let total = 0;
  for (const candidate of candidates) {
    if (candidate !== notThis && candidate !== norThis) total += candidate.weight;
  }
  if (total === 0) return undefined;
  let point = random() * total;
  let last: T | undefined;
  for (const candidate of candidates) {
    if (candidate === notThis || candidate === norThis) continue;
    last = candidate;
    point -= candidate.weight;
    if (point < 0) return candidate;
  }
  // Only rounding comes here.
  return last;
}
