import type { BootProblems } from 'guichet/kernel';
import { type WeighedSubsets, weightProblems } from './check-weights.js';
import type { CohortConfig } from './cohort-options.js';

/**
 * Notes what no upstream's schema sees by itself: subsets that stand in each other's way, and cohorts without any.
 * @param upstreams  by name
 */
export function checkSubsets(
  upstreams: ReadonlyMap<string, WeighedSubsets & { readonly ejection: boolean; readonly ejectedMaxRatio: number }>,
  { header }: CohortConfig,
  problems: BootProblems,
): void {
  for (const [name, config] of upstreams) {
    const { subsets, ejection, ejectedMaxRatio } = config;
    const where = `upstream ${name}`;
    problems.add(...weightProblems(name, config));
    const selectors = new Map<string, string>();
    for (const [subset, { tag, meta }] of Object.entries(subsets)) {
      const selector = JSON.stringify([tag, Object.entries(meta).sort(([a], [b]) => (a < b ? -1 : 1))]);
      const other = selectors.get(selector);
      if (other === undefined) selectors.set(selector, subset);
      else
        problems.add({
          where,
          path: `subsets.${subset}`,
          message: `selects the same instances as "${other}", which stands before it and takes them all`,
          mend: 'give it another tag or other meta, or remove it',
        });
    }
    if (selectors.size > 0 && !(ejection && ejectedMaxRatio > 0))
      problems.add({
        where,
        path: ejection ? 'ejectedMaxRatio' : 'ejection',
        message: 'nobody would be ejected, and a bad subset would be asked for ever',
        mend: ejection ? 'set it above 0, or declare no subsets' : 'set it to true, or declare no subsets',
      });
  }
  if (header !== undefined && ![...upstreams.values()].some(({ subsets }) => Object.keys(subsets).length > 0))
    problems.add({
      where: 'UpstreamModule',
      path: 'cohorts.header',
      message: 'no upstream has subsets that it could name',
      mend: 'declare subsets in @Upstream, or remove it',
    });
}
