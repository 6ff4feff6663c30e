/** A JSON object as two readers would both understand it: {@link parseStrictObject}. */
export type JsonObject = Record<string, unknown>;

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/**
 * Parses a JSON object that says everything once: `{"alg":"RS256","alg":"none"}` means one thing to one parser and
 * another to the next, so it is refused.
 * @throws SyntaxError  if it is no JSON, no object, or repeats a key
 */
export function parseStrictObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('not an object');
  if (repeatsKey(text)) throw new SyntaxError('a key stands twice');
  return value as JsonObject;
}

/** @param text  valid JSON */
function repeatsKey(text: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  let last = '';
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const keys = open.at(-1)!;
      const key = JSON.parse(last) as string;
      if (keys.has(key)) return true;
      keys.add(key);
    } else if (token !== ',') last = token;
  }
  return false;
}
