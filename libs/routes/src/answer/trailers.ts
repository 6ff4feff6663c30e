import type { IncomingMessage } from 'node:http';

/** @returns whether a client takes trailers (RFC 9110, 10.1.4) */
export function takesTrailers({ headers }: IncomingMessage): boolean {
  return headers.te !== undefined && /(?:^|,)\s*trailers\s*(?:,|;|$)/i.test(String(headers.te));
}
