import { InvalidInput } from 'guichet/kernel';

/** Longest query sent, in encoded bytes; servers commonly refuse request lines over 8 KiB. */
const MAX_QUERY_BYTES = 6144;

/** One value of a query; `undefined` and `null` are left out. */
export type QueryValue = string | number | boolean | null | undefined;

/** A query by name; a list repeats its name. */
export type Query = Readonly<Record<string, QueryValue | readonly QueryValue[]>>;

/**
 * Writes a query, everything in it percent-encoded.
 * @returns `?a=1&b=2`, or the empty string
 * @throws InvalidInput  for a lone surrogate, or when the whole is over 6 KiB
 */
export function queryString(query: Query | undefined): string {
  if (query === undefined) return '';
  let text = '';
  for (const name of Object.keys(query)) {
    const value = query[name];
    if (Array.isArray(value)) for (const item of value as readonly QueryValue[]) text += pair(name, item);
    else text += pair(name, value as QueryValue);
  }
  if (text.length > MAX_QUERY_BYTES) throw refusal('', `must not be longer than ${MAX_QUERY_BYTES} bytes`);
  return text && `?${text.slice(1)}`;
}

function pair(name: string, value: QueryValue): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string' && value.length > MAX_QUERY_BYTES) {
    throw refusal(name, `must not be longer than ${MAX_QUERY_BYTES} bytes`);
  }
  try {
    return `&${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
  } catch {
    throw refusal(name, 'is not well-formed Unicode');
  }
}

function refusal(name: string, message: string): InvalidInput {
  return new InvalidInput([{ in: 'query', path: name, message }]);
}
