import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { AddressSet } from './address-set.js';

/** Which peers may speak for somebody else: how many proxies stand before the app, or their networks (CIDR or single addresses). */
export type TrustedProxies = number | readonly string[];

/**
 * Reads `TRUSTED_PROXIES`: how many proxies stand before the app, or their networks, separated by commas.
 * @returns unchecked; `true` as it is, so that a schema can say why not
 */
export function readTrustedProxies(text: string): number | boolean | string[] {
  if (/^\s*\d+\s*$/.test(text)) return Number(text);
  if (/^\s*true\s*$/i.test(text)) return true;
  return text.split(',').map(network => network.trim());
}

/** How many entries of a forwarding header are looked at, from the right; what lies further left is the client's own invention. */
const MAX_HOPS = 32;

/**
 * Tells who asks, by the addresses on the way: the right-most hop that is not a trusted proxy.
 * A proxy appends the peer it saw, so only what stands right of the first untrusted hop is worth believing.
 * @see https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/X-Forwarded-For#selecting_an_ip_address
 */
export class ClientAddress {
  private readonly hops: number;
  private readonly networks: AddressSet | undefined;

  /** @throws RangeError  if a network cannot be read */
  constructor(trusted: TrustedProxies) {
    this.hops = typeof trusted === 'number' ? trusted : 0;
    this.networks = typeof trusted === 'number' ? undefined : new AddressSet(trusted);
  }

  /**
   * @param peer           the socket's remote address
   * @param forwardedFor   the `X-Forwarded-For` header, as it came
   * @returns the address, IPv4 in dotted form, `::ffff:` unwrapped; `unknown` where there is none
   */
  of(peer: string | undefined, forwardedFor: string | undefined): string {
    let address = normal(peer) ?? 'unknown';
    if (forwardedFor === undefined || (this.hops === 0 && !this.networks)) return address;
    const entries = forwardedFor.split(',').slice(-MAX_HOPS);
    for (let hop = 1, at = entries.length - 1; at >= 0; hop++, at--) {
      if (this.networks ? !this.networks.has(address) : hop > this.hops) break;
      const next = normal(withoutPort(entries[at]!.trim()));
      // A trusted proxy that wrote something unreadable: it is the last that can be named.
      if (next === undefined) break;
      address = next;
    }
    return address;
  }

  /** @returns whether what the peer forwards is believed at all */
  trusts(peer: string | undefined): boolean {
    return this.networks ? this.networks.has(normal(peer) ?? '') : this.hops > 0;
  }
}

/**
 * The part of an address that one customer holds: an IPv4 address, the /64 of an IPv6 one (who has one address of it
 * has 2^64).
 * @returns a key, `2001:db8:1:2::/64` for IPv6
 */
export function addressBlock(address: string): string {
  if (!address.includes(':')) return address;
  const parts = (ipaddr.parse(address) as ipaddr.IPv6).parts.slice(0, 4);
  return `${parts.map(part => part.toString(16)).join(':')}::/64`;
}

function normal(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  if (isIP(address) === 4) return address;
  // A zone (`fe80::1%eth0`) is of no meaning to anybody else.
  const bare = address.split('%', 1)[0]!;
  return isIP(bare) === 0 ? undefined : ipaddr.process(bare).toString();
}

function withoutPort(entry: string): string {
  if (entry.startsWith('[')) return entry.slice(1, entry.indexOf(']') === -1 ? undefined : entry.indexOf(']'));
  const colon = entry.indexOf(':');
  return colon !== -1 && colon === entry.lastIndexOf(':') ? entry.slice(0, colon) : entry;
}
