import { InvalidInput } from 'guichet/kernel';

/** Headers that the framework or the connection owns; a call cannot set them. */
export const OWNED_HEADERS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'cookie',
  'expect',
  'host',
  'idempotency-key',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'traceparent',
  'tracestate',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-deadline-ms',
  'x-previous-attempts',
  'x-identity',
  'x-request-id',
]);

/** Headers by name; `undefined` is left out. */
export type DeclaredHeaders = Readonly<Record<string, string | undefined>>;

const NO_HEADERS: readonly string[] = [];

/**
 * Checks the headers a call declares.
 * @returns names in lower case and values, alternating
 * @throws TypeError     for a name that is no token or that the framework owns, a mistake in the client's code
 * @throws InvalidInput  for a value that cannot stand in a header: CR, LF, control characters, beyond Latin-1
 */
export function headerList(headers: DeclaredHeaders | undefined): readonly string[] {
  if (headers === undefined) return NO_HEADERS;
  const list: string[] = [];
  for (const given of Object.keys(headers)) {
    const value = headers[given];
    if (value === undefined) continue;
    const name = given.toLowerCase();
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) throw new TypeError(`${JSON.stringify(given)} is no header name`);
    if (OWNED_HEADERS.has(name)) throw new TypeError(`header "${name}" is set by the framework, a call cannot set it`);
    list.push(name, headerValue(name, value));
  }
  return list;
}

/** @throws InvalidInput  if the value cannot stand in a header */
export function headerValue(name: string, value: string): string {
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) {
    throw new InvalidInput([{ in: 'headers', path: name, message: 'holds characters that no header may hold' }]);
  }
  return value;
}
