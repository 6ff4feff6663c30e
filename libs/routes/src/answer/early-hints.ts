import { fieldName, fieldValue } from './raw-fields.js';

/**
 * @param headers  of a 103, as they came
 * @returns its links, for that is what clients act on; undefined where there are none
 */
export function earlyHints(headers: readonly Buffer[]): { link: string[] } | undefined {
  const link: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2)
    if (fieldName(headers[i]!) === 'link') link.push(fieldValue(headers[i + 1]!));
  return link.length === 0 ? undefined : { link };
}
