import { networkInterfaces } from 'node:os';

/**
 * Finds the address under which others reach a process that listens on a host.
 * @param host  where it listens; when that is every interface, the machine's first IPv4 address that is not loopback
 */
export function advertisedHost(host: string): string {
  if (!/^(0\.0\.0\.0|::|::0|)$/.test(host)) return host;
  const addresses = Object.values(networkInterfaces()).flatMap(list => list ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}
