import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Addresses that are never a service: a cloud's metadata (AWS by IPv6), beside those of {@link RANGES}. */
const METADATA = new Set(['fd00:ec2::254', '100.100.100.200']);

/** What ipaddr.js calls ranges in which no service is. */
const RANGES: Readonly<Record<string, string>> = {
  unspecified: 'every address of a machine, and none',
  broadcast: 'a broadcast address',
  multicast: 'a multicast address',
  linkLocal: 'a link-local address, where clouds have their metadata',
  reserved: 'a reserved address',
};

/** Who may be called at all. */
export interface AddressPolicyOptions {
  /** Networks in CIDR notation outside of which no IP address is believed; none means all. */
  readonly allowedCidrs: readonly string[];
  /** Whether this machine itself may be called. */
  readonly allowsLoopback: boolean;
}

/**
 * Which addresses are believed. Consul's data is written by whoever may register: an instance at a cloud's metadata address
 * would have the BFF fetch secrets, one on loopback would have it call itself. Names are believed, but for `localhost`; what
 * they resolve to is not looked at.
 */
export class AddressPolicy {
  private readonly networks: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];

  constructor(private readonly options: AddressPolicyOptions) {
    this.networks = options.allowedCidrs.map(cidr => ipaddr.parseCIDR(cidr));
  }

  /**
   * @param host  a name or an address, as checked by `isHost`
   * @returns why it is not believed, in words for the log; undefined when it is
   */
  refusal(host: string): string | undefined {
    if (isIP(host) === 0) return this.refusalOfName(host);
    // An IPv4 address in IPv6's clothes is judged as what it is.
    const address = ipaddr.process(host);
    const range = address.range();
    if (METADATA.has(address.toString())) return RANGES['linkLocal'];
    if (range === 'loopback') return this.options.allowsLoopback ? undefined : 'this machine itself';
    if (range in RANGES && range !== 'reserved') return RANGES[range];
    if (this.networks.length === 0) return undefined;
    const isAllowed = this.networks.some(
      ([network, bits]) => network.kind() === address.kind() && address.match(network, bits),
    );
    return isAllowed ? undefined : 'an address outside the allowed networks';
  }

  private refusalOfName(host: string): string | undefined {
    const name = host.toLowerCase().replace(/\.$/, '');
    // What looks like a number, or parts of one, resolvers take for an address: 2130706433, 0x7f.1, 127.1.
    if (/^(?:0x[\da-f]*|\d+)$/.test(name.slice(name.lastIndexOf('.') + 1)))
      return 'a number that resolvers take for an address';
    if (name === 'localhost' || name.endsWith('.localhost'))
      return this.options.allowsLoopback ? undefined : 'this machine itself';
    return undefined;
  }
}

/** Whether a text is a network in CIDR notation. */
export function isCidr(text: string): boolean {
  return ipaddr.isValidCIDR(text);
}
