import { needed, SectionNode } from './node.js';

/** What a chain is made of: a section as declared, or as compiled. */
export interface Link {
  /** Milliseconds; undefined: what is left of the page's budget. */
  readonly timeoutMs: number | undefined;
}

/** Tells what a section needs directly. */
export type NeedsOf<L> = (link: L) => readonly L[];

/** @returns the sections a section needs, directly */
export function sectionNeeds(node: SectionNode): SectionNode[] {
  return node.needs.map(needed).filter(need => need instanceof SectionNode);
}

/** @returns how long the slowest chain that ends with a section may take by the timeouts it declares, milliseconds */
export function chainMs(chain: readonly Link[]): number {
  return chain.reduce((sum, link) => sum + (link.timeoutMs ?? 0), 0);
}

/**
 * @param links  in declaration order, so that needs come before their dependants
 * @returns the chain, in order, that may take longest by its declared timeouts; of equals the one of most sections
 */
export function longestChain<L extends Link>(links: readonly L[], needsOf: NeedsOf<L>): readonly L[] {
  return longest(longestChains(links, needsOf).values());
}

/** @returns the same, of the chains that end with each section, by that section */
export function longestChains<L extends Link>(links: readonly L[], needsOf: NeedsOf<L>): ReadonlyMap<L, readonly L[]> {
  const chains = new Map<L, readonly L[]>();
  const chainTo = (link: L): readonly L[] => {
    let chain = chains.get(link);
    if (chain === undefined) chains.set(link, (chain = [...longest(needsOf(link).map(chainTo)), link]));
    return chain;
  };
  links.forEach(chainTo);
  return chains;
}

/**
 * @param isRequired  whether the page fails when a section does
 * @returns the chains that end with a required section and cannot fit the page's budget; those that go on from one which is
 *   too long already, and so say nothing new, left out
 */
export function chainsOver<L extends Link>(
  links: readonly L[],
  needsOf: NeedsOf<L>,
  isRequired: (link: L) => boolean,
  budgetMs: number,
): readonly (readonly L[])[] {
  const chains = longestChains(links, needsOf);
  const over = links
    .map(link => chains.get(link)!)
    .filter(chain => isRequired(chain.at(-1)!) && chainMs(chain) > budgetMs);
  return over.filter(chain => !over.some(other => other !== chain && chain.includes(other.at(-1)!)));
}

/** Says what is wrong with a chain that cannot fit, and what to do. */
export function describeTooLong<L extends Link>(chain: readonly L[], nameOf: (link: L) => string, budgetMs: number) {
  const total = chainMs(chain);
  return {
    message: `its chain of timeouts does not fit the page's budget of ${budgetMs} ms`,
    value: `${chain.map(link => `${nameOf(link)} ${link.timeoutMs ?? 0} ms`).join(' → ')} = ${total} ms`,
    mend: `raise budgetMs to at least ${total}, or lower the timeouts`,
  };
}

function longest<L extends Link>(chains: Iterable<readonly L[]>): readonly L[] {
  let best: readonly L[] = [];
  for (const chain of chains) if (isLonger(chain, best)) best = chain;
  return best;
}

function isLonger(chain: readonly Link[], other: readonly Link[]): boolean {
  const more = chainMs(chain) - chainMs(other);
  return more === 0 ? chain.length > other.length : more > 0;
}
