import { InvalidInput } from 'guichet/kernel';

/** Encoded bytes a parameter may have: far more than any id, far less than servers refuse a request line for (8 KiB). */
const MAX_SEGMENT_BYTES = 2048;

/** A path template, taken apart once: literals and parameters alternate, and a literal comes first and last. */
export interface PathTemplate {
  /** As written: for messages and metrics, since it holds no value. */
  readonly text: string;
  readonly literals: readonly string[];
  readonly names: readonly string[];
}

/**
 * Takes a path template apart.
 * @param text  `/products/:id/reviews`: begins with one slash; a parameter takes a whole segment
 * @throws TypeError  if it is no such path, a mistake in the client's code
 */
export function compileTemplate(text: string): PathTemplate {
  if (!/^\/[\x21-\x7e]*$/.test(text) || text.startsWith('//') || /[?#\\]/.test(text)) {
    throw new TypeError(
      `path template ${JSON.stringify(text)}: must begin with a single "/" and hold neither "?", "#", "\\", spaces nor non-ASCII; a query goes into \`query\``,
    );
  }
  const literals: string[] = [];
  const names: string[] = [];
  let literal = '';
  for (const segment of text.slice(1).split('/')) {
    if (isDots(segment)) throw new TypeError(`path template ${text}: "." and ".." are no segments`);
    if (!segment.startsWith(':')) {
      literal += `/${segment}`;
      continue;
    }
    const name = segment.slice(1);
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      throw new TypeError(
        `path template ${text}: "${segment}" is no parameter; one is ":name" and takes a whole segment`,
      );
    }
    if (names.includes(name)) throw new TypeError(`path template ${text}: ":${name}" stands in it twice`);
    literals.push(`${literal}/`);
    names.push(name);
    literal = '';
  }
  literals.push(literal);
  return { text, literals, names };
}

/**
 * Puts values into a template. Every value is one percent-encoded segment and stays one: whatever it holds, the request
 * reaches no path that the template does not name.
 * @throws InvalidInput  for a value that cannot be a segment: empty, `.`, `..`, over 2 KiB, a lone surrogate
 * @throws TypeError  for a value that is no string or finite number, a mistake in the client's code
 */
export function fillTemplate(template: PathTemplate, params: Readonly<Record<string, unknown>> | undefined): string {
  const { literals, names } = template;
  let path = literals[0]!;
  for (let i = 0; i < names.length; i++)
    path += segmentOf(names[i]!, params?.[names[i]!], template.text) + literals[i + 1]!;
  return path;
}

function segmentOf(name: string, value: unknown, template: string): string {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value).replace('+', '%2B');
  if (typeof value !== 'string') {
    throw new TypeError(`${template}: param "${name}" must be a string or a finite number, not ${typeof value}`);
  }
  if (value === '') throw refusal(name, 'must not be empty');
  if (isDots(value)) throw refusal(name, 'must not be "." or ".."');
  // A character never encodes to fewer bytes than one: the long ones are refused before work is spent on them.
  if (value.length > MAX_SEGMENT_BYTES) throw tooLong(name);
  let encoded: string;
  try {
    encoded = encodeURIComponent(value);
  } catch {
    throw refusal(name, 'is not well-formed Unicode');
  }
  if (encoded.length > MAX_SEGMENT_BYTES) throw tooLong(name);
  return encoded;
}

// "%2e" is "." to every server that follows RFC 3986; in a value it is encoded anew, in a template it is caught here.
function isDots(segment: string): boolean {
  return /^(?:\.|%2e){1,2}$/i.test(segment);
}

function tooLong(name: string): InvalidInput {
  return refusal(name, `must not be longer than ${MAX_SEGMENT_BYTES} bytes`);
}

function refusal(name: string, message: string): InvalidInput {
  return new InvalidInput([{ in: 'params', path: name, message }]);
}
