import { createHash } from 'node:crypto';
import type { BootProblem } from 'guichet/kernel';

/** The largest document, in bytes: an eighth of what Consul takes, and some hundred times what an app sets. */
export const MAX_DOCUMENT_BYTES = 65_536;
/** How deep a document may nest; what is asked of it is five deep. */
export const MAX_DOCUMENT_DEPTH = 8;

/** What problems of a document are about. */
export const WHERE = 'live configuration';

/** A document that is JSON, whatever it says. */
export interface ReadDocument {
  /** Of its bytes: the same document has the same version wherever it lies. Twelve hexadecimal digits. */
  readonly version: string;
  readonly text: string;
  /** Undefined, where there are problems. */
  readonly content: unknown;
  readonly problems: readonly BootProblem[];
}

/** Reads what lies at a source; what cannot be read is a problem with its mend. */
export function readDocument(bytes: Buffer): ReadDocument {
  const version = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const refused = (message: string, mend: string): ReadDocument => ({
    version,
    text: '',
    content: undefined,
    problems: [{ where: WHERE, path: '', message, mend }],
  });
  if (bytes.length > MAX_DOCUMENT_BYTES)
    return refused(`is longer than ${MAX_DOCUMENT_BYTES} bytes`, 'leave out what is as the app declares it');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refused('is not UTF-8', 'write it as UTF-8');
  }
  if (depthOf(text) > MAX_DOCUMENT_DEPTH)
    return refused(`nests deeper than ${MAX_DOCUMENT_DEPTH}`, 'write { "pages": …, "upstreams": …, "limits": … }');
  try {
    return { version, text, content: JSON.parse(text) as unknown, problems: [] };
  } catch (error) {
    return refused(
      `is not JSON: ${(error as Error).message.slice(0, 200).replace(/\p{Cc}/gu, '?')}`,
      'write JSON; {} leaves all as the app declares it',
    );
  }
}

/** @returns how deep objects and lists nest, seen before anything is made of them */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isInString) {
      if (character === '\\') at++;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth--;
  }
  return deepest;
}
