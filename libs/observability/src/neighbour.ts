import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/** Where neighbours live: addresses that no browser beyond the own network has. */
const NEAR = new Set(['loopback', 'private', 'uniqueLocal', 'linkLocal', 'carrierGradeNat']);

/** @returns whether a request comes from a direct neighbour: the peer's address is a private one and no proxy forwarded the request */
export function isNeighbour({ headers, socket }: IncomingMessage): boolean {
  if (headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined) return false;
  const { remoteAddress = '' } = socket;
  return ipaddr.isValid(remoteAddress) && NEAR.has(ipaddr.process(remoteAddress).range());
}
