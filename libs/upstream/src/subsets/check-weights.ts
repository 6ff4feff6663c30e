import type { BootProblem } from 'guichet/kernel';
import type { SubsetConfig, SubsetWeights } from './subset-options.js';
import { weightsOf } from './subsets.js';

/** What of an upstream's options says who is answered by which subset. */
export interface WeighedSubsets {
  readonly subsets: Readonly<Record<string, SubsetConfig>>;
  readonly subsetWeights: SubsetWeights;
}

/** @returns what is wrong with the weights that an upstream's subsets are given beside their declaration */
export function weightProblems(upstream: string, config: WeighedSubsets): BootProblem[] {
  const where = `upstream ${upstream}`;
  const declared = Object.keys(config.subsets);
  const unknown = Object.keys(config.subsetWeights).filter(name => !declared.includes(name));
  const problems: BootProblem[] = unknown.map(name => ({
    where,
    path: `subsetWeights.${name}`,
    message: 'there is no such subset',
    mend: `use one that is declared (${declared.join(', ') || 'none is'}), or declare it in subsets`,
  }));
  const total = Object.values(weightsOf(config)).reduce((sum, weight) => sum + weight, 0);
  if (problems.length === 0 && total > 100 + 1e-9)
    problems.push({
      where,
      path: 'subsetWeights',
      message: 'the weights of its subsets are more than 100 percent in all',
      value: String(total),
      mend: 'lower some: what they leave is that of the default subset',
    });
  return problems;
}
