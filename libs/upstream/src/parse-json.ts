import { isUtf8 } from 'node:buffer';

/**
 * Parses JSON from an upstream. A key `__proto__`, at whatever depth, is left out: JSON.parse would make it an own key
 * that replaces a prototype when the value is copied later (`Object.assign`, a merge).
 * @param body  UTF-8, no byte order mark
 * @throws SyntaxError  if it is not JSON in UTF-8; `NaN` and `Infinity` are not
 */
export function parseJson(body: Buffer): unknown {
  if (!isUtf8(body)) throw new SyntaxError('not UTF-8');
  const text = body.toString('utf8');
  return maySpellProto(text) ? (JSON.parse(text, withoutProto) as unknown) : (JSON.parse(text) as unknown);
}

function withoutProto(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}

/**
 * The same as text, for those who parse it themselves: checked to be JSON, and without any key `__proto__`.
 * @throws SyntaxError  as {@link parseJson}
 */
export function harmlessJson(body: Buffer): string {
  const value = parseJson(body);
  const text = body.toString('utf8');
  return maySpellProto(text) ? JSON.stringify(value) : text;
}

// A key may be written with escapes, and these could stand for a letter of it. Plain searches first: they cost least.
function maySpellProto(text: string): boolean {
  return text.includes('__proto__') || (text.includes('\\u00') && /\\u00[567]/.test(text));
}
