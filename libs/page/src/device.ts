import type { IncomingHttpHeaders } from 'node:http';

/** The device that asks, as far as its headers tell: a hint for a page's composition, never a fact to rely on. */
export interface Device {
  readonly kind: 'desktop' | 'tablet' | 'phone';
  /** Whether the client asks for less data (`Save-Data: on`). */
  readonly saveData: boolean;
}

/** The request headers that {@link deviceOf} reads: a cached page varies by them. */
export const DEVICE_HEADERS = ['Sec-CH-UA-Mobile', 'User-Agent', 'Save-Data'] as const;

/** Reads the device: from the client hint `Sec-CH-UA-Mobile` where there is one, else from `User-Agent`. */
export function deviceOf(headers: IncomingHttpHeaders): Device {
  return { kind: kindOf(headers), saveData: headers['save-data'] === 'on' };
}

function kindOf(headers: IncomingHttpHeaders): Device['kind'] {
  const agent = headers['user-agent'] ?? '';
  // Android says "Mobile" on phones only: developer.chrome.com/docs/multidevice/user-agent
  if (/iPad|Tablet/i.test(agent) || (/Android/i.test(agent) && !/Mobile/i.test(agent))) return 'tablet';
  const hint = headers['sec-ch-ua-mobile'];
  if (hint !== undefined) return hint === '?1' ? 'phone' : 'desktop';
  return /Mobi|iPhone/i.test(agent) ? 'phone' : 'desktop';
}
