/**
 * Reads a `Retry-After` header.
 * @param epochMs  now, milliseconds since 1970
 * @returns milliseconds, >= 0, or undefined if there is none that can be read
 */
export function retryAfterMs(value: string | undefined, epochMs: () => number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - epochMs());
}
