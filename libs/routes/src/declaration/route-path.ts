import { compileTemplate, type PathTemplate } from 'guichet/upstream';

/** Segments that a `*rest` may have. */
const MAX_REST_SEGMENTS = 32;
/** What a segment may be without being looked at twice: no percent sign, no `;`, no slash of either kind. */
const PLAIN = /^[A-Za-z0-9\-._~!$&'()*+,=:@]+$/;
const DOTS = /^\.{1,2}$/;
/** What a value must not hold, whatever its spelling: what another server might take for a separator, an escape or an end. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const DANGEROUS = /[/\\%;?#\u0000-\u001f\u007f]/;

/** A route's path, taken apart once. Literals and values alternate: one literal more than values. */
export interface RoutePath {
  readonly text: string;
  /** Each begins and, but for the last, ends with a slash. */
  readonly literals: readonly string[];
  readonly names: readonly string[];
  /** Whether the last value takes all that is left. */
  readonly hasRest: boolean;
}

/**
 * Takes a path apart.
 * @param text  `/api/films/:id`, `/api/files/*rest`
 * @throws TypeError  if it is none
 */
export function compilePath(text: string): RoutePath {
  const hasRest = /\/\*\w+$/.test(text);
  const { literals, names }: PathTemplate = compileTemplate(hasRest ? text.replace(/\*(\w+)$/, ':$1') : text);
  if (literals.some(literal => /[*;%]/.test(literal)))
    throw new TypeError(`path ${text}: "*name" stands at its end alone, and neither ";" nor "%" stands in it`);
  return { text, literals, names, hasRest };
}

/**
 * Reads a path's values out of a request's. One spelling of a path matches, no other: not what decodes to it.
 * @param path      as it came on the wire, without its query
 * @param patterns  what a value must look like, decoded, by the value's position
 * @returns the values, each one encoded segment (the rest: several), or undefined where the path does not fit or a value could mean
 * something else to somebody
 */
export function matchPath(
  { literals, names, hasRest }: RoutePath,
  path: string,
  patterns: readonly (RegExp | undefined)[],
): string[] | undefined {
  const values: string[] = [];
  let at = literals[0]!.length;
  if (!path.startsWith(literals[0]!)) return undefined;
  for (let i = 0; i < names.length; i++) {
    const isRest = hasRest && i === names.length - 1;
    const slash = isRest ? -1 : path.indexOf('/', at);
    const end = slash === -1 ? path.length : slash;
    const raw = path.slice(at, end);
    const value = isRest ? safeRest(raw, patterns[i]) : safeSegment(raw, patterns[i]);
    if (value === undefined) return undefined;
    values.push(value);
    const literal = literals[i + 1]!;
    if (!path.startsWith(literal, end)) return undefined;
    at = end + literal.length;
  }
  return at === path.length ? values : undefined;
}

/** @returns gives the values of a request's path, decoded; undefined where it does not fit */
export function segmentOf(path: RoutePath, url: string): (name: string) => string | undefined {
  const values = matchPath(path, url.split('?', 1)[0]!, []);
  return name => {
    const value = values?.[path.names.indexOf(name)];
    return value === undefined ? undefined : decodeURIComponent(value);
  };
}

/** Puts values into a path. @param order  for each of its own values, where it stands among the given */
export function fillPath({ literals }: RoutePath, values: readonly string[], order: readonly number[]): string {
  let path = literals[0]!;
  for (let i = 0; i < order.length; i++) path += values[order[i]!]! + literals[i + 1]!;
  return path;
}

function safeRest(raw: string, pattern: RegExp | undefined): string | undefined {
  const segments = raw.split('/');
  if (segments.length > MAX_REST_SEGMENTS) return undefined;
  const safe: string[] = [];
  for (const segment of segments) {
    const value = safeSegment(segment, pattern);
    if (value === undefined) return undefined;
    safe.push(value);
  }
  return safe.join('/');
}

function safeSegment(raw: string, pattern: RegExp | undefined): string | undefined {
  if (raw === '' || DOTS.test(raw)) return undefined;
  if (PLAIN.test(raw)) return pattern === undefined || pattern.test(raw) ? raw : undefined;
  let value: string;
  try {
    value = decodeURIComponent(raw);
  } catch {
    return undefined;
  }
  // A lone ";" or an unencoded character is no less odd than an encoded one.
  if (value === '' || DOTS.test(value) || DANGEROUS.test(value) || (pattern && !pattern.test(value))) return undefined;
  return encodeURIComponent(value);
}
