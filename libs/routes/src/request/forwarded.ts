import type { RouteConfig } from '../declaration/route.options.js';
import type { ClientOrigin } from './client-origin.js';

/**
 * Adds what the upstream is told of where the client is. Written anew from what is known: nothing that the client wrote.
 * @param list  names and values, alternating
 * @see https://www.rfc-editor.org/rfc/rfc7239
 */
export function addForwarded(
  list: string[],
  how: RouteConfig['forwarded'],
  { address, scheme, host }: ClientOrigin,
): void {
  if (how === 'none') return;
  if (how !== 'x-forwarded') {
    const node = address.includes(':') ? `"[${address}]"` : address;
    const asked = host === undefined || /["\\]/.test(host) ? '' : `;host="${host}"`;
    list.push('forwarded', `for=${node}${asked};proto=${scheme}`);
  }
  if (how !== 'forwarded') {
    if (address !== 'unknown') list.push('x-forwarded-for', address);
    if (host !== undefined) list.push('x-forwarded-host', host);
    list.push('x-forwarded-proto', scheme);
  }
}
