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
  const value: unknown = JSON.parse(text);
  if (maySpellProto(text)) dropProto(value);
  return value;
}

// Not by a reviver: it takes up to ten times as long as the parsing, and overflows the stack where values are nested deeply.
function dropProto(root: unknown): void {
  const open = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (Object.hasOwn(value, '__proto__')) delete (value as { __proto__?: unknown }).__proto__;
    for (const inner of Array.isArray(value) ? (value as unknown[]) : Object.values(value)) {
      if (typeof inner === 'object' && inner !== null) open.push(inner);
    }
  }
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
