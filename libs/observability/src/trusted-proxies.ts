/**
 * Reads `TRUSTED_PROXIES`: how many proxies stand before the app, or their networks, separated by commas.
 * @returns what a schema checks; `true` is left as it is, so that the schema says why not
 */
export function trustedProxiesOf(text: string): number | boolean | string[] {
  if (/^\s*\d+\s*$/.test(text)) return Number(text);
  if (/^\s*true\s*$/i.test(text)) return true;
  return text.split(',').map(network => network.trim());
}
