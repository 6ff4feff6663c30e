import { isIPv4 } from 'node:net';

/** Whether a host is this machine. A name that merely begins with `127.` is anybody's. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));
}

/** Whether nobody on the way can change what an URL answers: https, or this machine. What is no URL is another check's finding. */
export function isSecure(url: string): boolean {
  if (!URL.canParse(url)) return true;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || isLoopback(hostname);
}
