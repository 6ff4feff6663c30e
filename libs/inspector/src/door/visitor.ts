import type { IncomingMessage } from 'node:http';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);
const MAPPED = /^::ffff:/;

/**
 * Whether a request comes from this machine, to this machine. The first is what its connection says; the second keeps a web page
 * away whose name was made to point here (DNS rebinding): it comes under its own name.
 * @param ownHost  the address that the management server listens on, which may be named, too
 */
export function isFromThisMachine({ socket, headers }: IncomingMessage, ownHost: string): boolean {
  const { remoteAddress, localAddress } = socket;
  if (remoteAddress === undefined) return false;
  const peer = remoteAddress.replace(MAPPED, '');
  const isLocal = peer === '::1' || peer.startsWith('127.') || remoteAddress === localAddress;
  return isLocal && headers.host !== undefined && isOwnName(headers.host, ownHost);
}

function isOwnName(host: string, ownHost: string): boolean {
  const name = host.toLowerCase().replace(/:\d{1,5}$/, '');
  return LOOPBACK_NAMES.has(name) || name === ownHost || name === `[${ownHost}]`;
}

/**
 * Whether another web page sends a request: browsers say whose it is, and let no page say otherwise. What comes from no
 * browser says nothing.
 */
export function isFromElsewhere({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const { origin } = headers;
  return origin !== undefined && !(URL.canParse(origin) && new URL(origin).host === headers.host);
}
