import type { Cohort } from 'guichet/kernel';

/** What lets caches give one person's answer to others. */
const OF_MANY = /^(public|s-maxage|proxy-revalidate)\b/i;
const OF_ONE = /^(private|no-store)\b/i;

/** @returns a `Cache-Control` by which nobody but who asked keeps the answer; one that says so already as it is */
export function privately(cacheControl: string): string {
  const said = cacheControl
    .split(',')
    .map(directive => directive.trim())
    .filter(directive => directive !== '' && !OF_MANY.test(directive));
  return said.some(directive => OF_ONE.test(directive)) ? said.join(', ') : ['private', ...said].join(', ');
}

/** @returns `Vary` with what the choices of a cohort depend on */
export function varyWith(vary: string | undefined, cohort: Cohort): string {
  const names = `${vary === undefined ? '' : `${vary}, `}${cohort.vary}`.split(', ');
  const seen = new Set<string>();
  return names.filter(name => !seen.has(name.toLowerCase()) && seen.add(name.toLowerCase())).join(', ');
}
