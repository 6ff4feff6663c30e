import { needed, SectionNode } from './node.js';

/** @returns the sections a section needs, directly */
export function sectionNeeds(node: SectionNode): SectionNode[] {
  return node.needs.map(needed).filter(need => need instanceof SectionNode);
}

/** @returns how long the slowest chain that ends with a section may take by the timeouts it declares, milliseconds */
export function chainMs(chain: readonly SectionNode[]): number {
  return chain.reduce((sum, node) => sum + (node.timeoutMs ?? 0), 0);
}

/**
 * @param nodes  in declaration order, so that needs come before their dependants
 * @returns the chain, in order, that may take longest by its declared timeouts; of equals the one of most sections
 */
export function longestChain(nodes: readonly SectionNode[]): readonly SectionNode[] {
  return nodes
    .map(longestChainTo)
    .reduce<readonly SectionNode[]>((best, chain) => (isLonger(chain, best) ? chain : best), []);
}

/** The same, of the chains that end with one section. */
export function longestChainTo(node: SectionNode): readonly SectionNode[] {
  return [...longestChain(sectionNeeds(node)), node];
}

function isLonger(chain: readonly SectionNode[], other: readonly SectionNode[]): boolean {
  const more = chainMs(chain) - chainMs(other);
  return more === 0 ? chain.length > other.length : more > 0;
}
