import type { IncomingHttpHeaders } from 'node:http';

/**
 * Finds one header of an answer. Most calls need two or three of them: making strings of all costs several times as much.
 * @param raw   names and values, alternating, as they stood on the wire
 * @param name  in lower case
 * @returns the first of that name
 */
export function rawHeader(raw: readonly Buffer[], name: string): string | undefined {
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const candidate = raw[i]!;
    if (candidate.length === name.length && candidate.toString('latin1').toLowerCase() === name) {
      return raw[i + 1]!.toString('latin1');
    }
  }
  return undefined;
}

/** @returns all headers by name in lower case, repeated ones joined by a comma, `set-cookie` as a list; without a prototype */
export function allHeaders(raw: readonly Buffer[]): IncomingHttpHeaders {
  const headers = Object.create(null) as Record<string, string | string[]>;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toString('latin1').toLowerCase();
    const value = raw[i + 1]!.toString('latin1');
    const before = headers[name];
    if (name === 'set-cookie') headers[name] = [...((before as string[] | undefined) ?? []), value];
    else headers[name] = before === undefined ? value : `${before as string}, ${value}`;
  }
  return headers;
}
