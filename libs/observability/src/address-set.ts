import { BlockList, isIP } from 'node:net';

/** Addresses, told by single ones and by networks. */
export class AddressSet {
  private readonly list = new BlockList();

  /**
   * @param networks  `10.0.0.0/8`, `2001:db8::/32`, `192.0.2.7`
   * @throws RangeError  if one cannot be read
   */
  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(network) ?? [];
      const family = isIP(address);
      const widest = family === 6 ? 128 : 32;
      const bits = prefix === undefined ? widest : Number(prefix);
      if (family === 0 || bits > widest) {
        throw new RangeError(`'${network}' is neither an address nor a network such as 10.0.0.0/8`);
      }
      this.list.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4');
    }
  }

  /** @returns whether it is one of them; false for what is no address */
  has(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  }
}
