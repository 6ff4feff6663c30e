import type { BootProblem } from 'guichet/kernel';
import { chainsOver, describeTooLong, sectionNeeds } from './chains.js';
import type { PageGraph } from './compile.js';
import { isNode, MaybeNode, needed, SectionNode } from './node.js';

/** Finds what is wrong with a page's nodes and edges: needs, loads, timeouts, chains that cannot fit the budget. */
export function checkGraph({ page, declaration, sections, made }: PageGraph): BootProblem[] {
  const problems: BootProblem[] = [];
  const add = (path: string, message: string, mend: string, value?: string): void => {
    problems.push({ where: page, path, message, mend, value });
  };
  for (const [node, name] of sections) {
    if (typeof node.load !== 'function') add(name, 'its load is no function', 'give it a function', typeof node.load);
    if (node.timeoutMs !== undefined && !(node.timeoutMs > 0))
      add(`${name}.timeoutMs`, 'out of range', 'set it to more than 0 milliseconds', String(node.timeoutMs));
    if (!Array.isArray(node.needs) || !node.needs.every(isNode)) {
      add(name, 'one of its needs is no node', 'list fields that are declared above it: [this.params, this.product]');
      continue;
    }
    for (const need of node.needs) {
      const target = needed(need);
      if (!(target instanceof SectionNode)) continue;
      if (!sections.has(target)) {
        const whose =
          made && !made.includes(target) ? 'a section of another page' : 'a section that is no public field';
        add(name, `it needs ${whose}`, 'need a public field of this page; internal(…) keeps it out of the payload');
      } else if (node.required && !(need instanceof MaybeNode) && !target.required && !target.fallback) {
        add(
          name,
          `required, but it needs ${sections.get(target)}, which may be omitted`,
          'give that a fallback, write the need maybe(…), or make this optional',
        );
      }
    }
  }
  return problems.length > 0 ? problems : tooLong(page, declaration.budgetMs, sections);
}

function tooLong(page: string, budgetMs: number, sections: PageGraph['sections']): BootProblem[] {
  return chainsOver([...sections.keys()], sectionNeeds, node => node.required, budgetMs).map(chain => ({
    where: page,
    path: sections.get(chain.at(-1)!)!,
    ...describeTooLong(chain, node => sections.get(node)!, budgetMs),
  }));
}
