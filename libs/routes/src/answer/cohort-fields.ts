import type { Cohort } from 'guichet/kernel';
import { privately, varyWith } from 'guichet/upstream';

/**
 * Keeps caches from giving an answer to whoever is answered by another version of the upstream.
 * @param list  names and values, alternating: changed
 * @param own   what the gateway's rooms have set: it stands
 */
export function keepFromOthers(list: string[], own: Readonly<Record<string, unknown>>, cohort: Cohort): void {
  let vary: string | undefined;
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] === 'cache-control') list[i + 1] = privately(list[i + 1]!);
    else if (list[i] === 'vary') {
      vary = list[i + 1];
      list[i + 1] = varyWith(vary, cohort);
    }
  }
  if (!hasName(list, 'cache-control') && !('cache-control' in own)) list.push('cache-control', 'private');
  if (vary === undefined) list.push('vary', varyWith(undefined, cohort));
}

function hasName(list: readonly string[], name: string): boolean {
  for (let i = 0; i < list.length; i += 2) if (list[i] === name) return true;
  return false;
}
