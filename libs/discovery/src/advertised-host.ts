import { networkInterfaces } from 'node:os';
import { formatHostPort } from './address.js';

/**
 * Finds the address under which others reach a process that listens on a host.
 * @param host  where it listens; when that is every interface, the machine's first IPv4 address that is not loopback
 */
export function advertisedHost(host: string): string {
  if (!/^(0\.0\.0\.0|::|::0|)$/.test(host)) return host;
  const addresses = Object.values(networkInterfaces()).flatMap(list => list ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}

/** @returns what one of an app's processes is known by, unless it is told otherwise: a restart has its own again */
export function replicaId(name: string, host: string, port: number): string {
  return `${name}-${formatHostPort(advertisedHost(host), port)}`;
}
