import type { IncomingHttpHeaders } from 'node:http';

/**
 * Headers that speak of one connection, and cookies: an upstream's are kept by nobody, and are never handed on.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
 */
const WITHHELD: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'set-cookie',
  'set-cookie2',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Finds one header of an answer. Most calls need two or three of them, and no string is made of any other, nor of a name.
 * @param raw   names and values, alternating, as they stood on the wire
 * @param name  in lower case, of letters, digits and hyphens
 * @returns the first of that name
 */
export function rawHeader(raw: readonly Buffer[], name: string): string | undefined {
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (isName(raw[i]!, name)) return raw[i + 1]!.toString('latin1');
  }
  return undefined;
}

function isName(bytes: Buffer, name: string): boolean {
  if (bytes.length !== name.length) return false;
  for (let i = 0; i < name.length; i++) {
    const byte = bytes[i]!;
    const isCapital = byte >= 65 && byte <= 90;
    if ((isCapital ? byte + 32 : byte) !== name.charCodeAt(i)) return false;
  }
  return true;
}

/**
 * @returns all headers that may be handed on, by name in lower case, repeated ones joined by a comma; without a prototype, and
 * without those of the connection (what `Connection` names included) and cookies
 */
export function allHeaders(raw: readonly Buffer[]): IncomingHttpHeaders {
  const headers = Object.create(null) as Record<string, string>;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toString('latin1').toLowerCase();
    const value = raw[i + 1]!.toString('latin1');
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  for (const name of headers['connection']?.split(',') ?? []) delete headers[name.trim().toLowerCase()];
  for (const name of WITHHELD) delete headers[name];
  return headers;
}
