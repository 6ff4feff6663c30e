import { isIP } from 'node:net';

const hostName =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;

/** Whether a text is a host name or an IP address without brackets or zone: nothing that could break out of a URL or header. */
export function isHost(text: unknown): text is string {
  return typeof text === 'string' && (hostName.test(text) || (isIP(text) !== 0 && !text.includes('%')));
}

/** Whether a value is a TCP port that can be called. */
export function isPort(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65_535;
}

/**
 * Takes an address apart.
 * @param text  `host:port`, an IPv6 address in brackets
 * @returns undefined when it is none
 */
export function parseHostPort(text: string): { host: string; port: number } | undefined {
  const parts = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const host = parts?.[1] ?? parts?.[2];
  const port = Number(parts?.[3]);
  return isHost(host) && isPort(port) && (parts?.[1] === undefined || isIP(host) === 6) ? { host, port } : undefined;
}

/** @returns `host:port`, an IPv6 address in brackets, as it stands in a URL */
export function formatHostPort(host: string, port: number): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}
