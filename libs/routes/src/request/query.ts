import type { RouteConfig } from '../declaration/route.options.js';

/**
 * What of a query goes on: its pairs as they were written, never decoded and encoded anew.
 * @param query  with its question mark, or empty
 */
export function passedQuery(query: string, rule: RouteConfig['query']): string {
  if (query === '' || rule === 'pass') return query;
  if (rule === 'drop') return '';
  const pairs = query
    .slice(1)
    .split('&')
    .filter(pair => rule.includes(decoded(pair.split('=', 1)[0]!)));
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name;
  }
}
