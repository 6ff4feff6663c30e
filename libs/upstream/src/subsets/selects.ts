import type { Instance } from 'guichet/discovery';
import type { SubsetConfig } from './subset-options.js';

/** Which instances make up a subset. */
export type Selector = Pick<SubsetConfig, 'tag' | 'meta'>;

/** @returns whether an instance is one that a subset's declaration describes */
export function selects({ tag, meta }: Selector, instance: Pick<Instance, 'tags' | 'meta'>): boolean {
  if (tag !== undefined && !instance.tags.includes(tag)) return false;
  return Object.entries(meta).every(
    ([key, value]) => Object.hasOwn(instance.meta, key) && instance.meta[key] === value,
  );
}

/** @returns whether a caller has one of the values of each claim; nobody has where no claim is named */
export function hasClaims(claims: SubsetConfig['claims'], principal: { readonly claims: object } | undefined): boolean {
  if (principal === undefined) return false;
  const wanted = Object.entries(claims);
  const had = principal.claims as Readonly<Record<string, unknown>>;
  return wanted.length > 0 && wanted.every(([name, values]) => Object.hasOwn(had, name) && isAmong(had[name], values));
}

function isAmong(value: unknown, values: readonly unknown[]): boolean {
  return Array.isArray(value) ? value.some(one => values.includes(one)) : values.includes(value);
}
