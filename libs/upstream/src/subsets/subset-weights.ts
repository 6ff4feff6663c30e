import type { BootProblems } from 'guichet/kernel';
import type { SubsetWeights } from './subset-options.js';

/** The environment's say in weights. */
export const SUBSET_WEIGHTS = 'SUBSET_WEIGHTS';

/**
 * Reads `pricing:canary=20,catalog:canary=5`. What cannot be read, or names a subset that is not declared, is noted and left out.
 * @param declared  the subsets' names by upstream
 * @returns weights in percent, by upstream
 */
export function readSubsetWeights(
  text: string,
  declared: ReadonlyMap<string, readonly string[]>,
  problems: BootProblems,
): ReadonlyMap<string, SubsetWeights> {
  const found = new Map<string, Record<string, number>>();
  const add = (message: string, part: string, mend: string): void =>
    problems.add({
      where: 'UpstreamModule',
      path: `${SUBSET_WEIGHTS} ${JSON.stringify(part.slice(0, 80))}`,
      message,
      mend,
    });
  for (const part of text.split(',')) {
    const [, upstream, subset, weight] = /^([^:=]+):([^:=]+)=(\d{1,3}(?:\.\d{1,6})?)$/.exec(part.trim()) ?? [];
    if (upstream === undefined || subset === undefined) {
      add('is not upstream:subset=percent', part, 'write pricing:canary=10, and commas between several');
    } else if (!declared.get(upstream)?.includes(subset)) {
      const known =
        [...declared].flatMap(([name, subsets]) => subsets.map(one => `${name}:${one}`)).join(', ') || 'none';
      add(
        'names a subset that is not declared',
        part,
        `use one that is (${known}), or declare it in subsets of @Upstream`,
      );
    } else {
      const weights = found.get(upstream) ?? {};
      weights[subset] = Number(weight);
      found.set(upstream, weights);
    }
  }
  return found;
}
