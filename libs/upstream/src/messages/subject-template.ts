import { InvalidInput } from 'guichet/kernel';

/** Characters a parameter may have: far more than any id. */
const MAX_TOKEN_LENGTH = 256;
/** Subjects are literals of the clients' code; were they not, this bounds what is kept. */
const MAX_TEMPLATES = 1_000;
const LITERAL = /^[!-~]+$/;
const RESERVED = /[.*>]/;

/** A subject, taken apart once: each token is a literal or the name of a parameter. */
export interface SubjectTemplate {
  readonly text: string;
  readonly tokens: readonly { readonly literal?: string; readonly name?: string }[];
}

const compiled = new Map<string, SubjectTemplate>();

/**
 * Takes a subject apart, once.
 * @param text  `stock.:sku`: a parameter takes a whole token, and never the first
 * @throws TypeError  if it is no such subject, a mistake in the client's code
 */
export function subjectTemplate(text: string): SubjectTemplate {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const tokens = text.split('.').map((token, index) => {
    if (!token.startsWith(':')) {
      if (LITERAL.test(token) && !RESERVED.test(token)) return { literal: token };
      throw new TypeError(
        `subject ${JSON.stringify(text)}: tokens are printable ASCII, stand between dots, and have no wildcards`,
      );
    }
    const name = token.slice(1);
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new TypeError(`subject ${text}: "${token}" is no parameter`);
    // By a first token one gets anywhere: to the broker's own subjects, to the inboxes of others.
    if (index === 0) throw new TypeError(`subject ${text}: begins with a parameter`);
    return { name };
  });
  const names = tokens.map(({ name }) => name).filter(name => name !== undefined);
  if (new Set(names).size < names.length) throw new TypeError(`subject ${text}: a parameter stands in it twice`);
  const template = { text, tokens };
  if (compiled.size < MAX_TEMPLATES) compiled.set(text, template);
  return template;
}

/**
 * Puts values into a subject. Every value is one token and stays one: whatever it holds, the request reaches no subject that the
 * template does not name.
 * @throws InvalidInput  for a value that cannot be a token: empty, over 256 characters, with dots, wildcards, spaces or control characters
 * @throws TypeError     for a value that is no string or finite number, a mistake in the client's code
 */
export function fillSubject(
  { text, tokens }: SubjectTemplate,
  params: Readonly<Record<string, unknown>> | undefined,
): string {
  let subject = '';
  for (const { literal, name } of tokens) {
    if (subject !== '') subject += '.';
    subject += literal ?? tokenOf(name!, params?.[name!], text);
  }
  return subject;
}

function tokenOf(name: string, given: unknown, text: string): string {
  const value = typeof given === 'number' && Number.isInteger(given) ? String(given) : given;
  if (typeof value !== 'string') {
    throw new TypeError(`${text}: param "${name}" must be a string or an integer, not ${typeof value}`);
  }
  if (value === '') throw refusal(name, 'must not be empty');
  if (value.length > MAX_TOKEN_LENGTH) throw refusal(name, `must not be longer than ${MAX_TOKEN_LENGTH} characters`);
  if (!/^[\p{L}\p{M}\p{N}\p{P}\p{S}]+$/u.test(value) || RESERVED.test(value)) {
    throw refusal(name, 'must hold neither dots, wildcards, spaces nor control characters');
  }
  return value;
}

function refusal(name: string, message: string): InvalidInput {
  return new InvalidInput([{ in: 'params', path: name, message }]);
}
