/** A header's name (RFC 9110); OpenTelemetry's keys are a part of these. */
const KEY = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What may stand in a header's value. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Reads `key=value,key=value` with percent-encoded values, as OpenTelemetry's variables are written.
 * @returns undefined where it is not written so
 */
export function readPairs(text: string): Record<string, string> | undefined {
  const pairs: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const equals = part.indexOf('=');
    const key = part.slice(0, Math.max(0, equals)).trim();
    const value = decoded(part.slice(equals + 1).trim());
    if (!KEY.test(key) || value === undefined || !VALUE.test(value)) return undefined;
    pairs[key] = value;
  }
  return { ...pairs };
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
