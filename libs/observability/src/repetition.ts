import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/** Says that a request is a further attempt; written by the upstream stack of another BFF. */
const HEADER = 'x-previous-attempts';
/** Where neighbours live: addresses that no browser beyond the own network has. */
const NEAR = new Set(['loopback', 'private', 'uniqueLocal', 'linkLocal', 'carrierGradeNat']);

/**
 * Whether a request is a further attempt of another BFF, which will make others itself. Believed of direct neighbours alone:
 * the peer's address is a private one and no proxy forwarded the request. A browser could otherwise spend an
 * upstream's budget of retries.
 * @see docs/decisions/0020-one-budget-along-a-chain.md
 */
export function isRepetition({ headers, socket }: IncomingMessage): boolean {
  const told = headers[HEADER];
  if (typeof told !== 'string' || !/^[1-9]\d{0,2}$/.test(told)) return false;
  if (headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined) return false;
  const { remoteAddress = '' } = socket;
  return ipaddr.isValid(remoteAddress) && NEAR.has(ipaddr.process(remoteAddress).range());
}
