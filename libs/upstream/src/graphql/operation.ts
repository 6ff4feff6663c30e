/** What a GraphQL document does, as far as a call must know. */
export interface GraphqlOperation {
  readonly kind: 'query' | 'mutation';
  readonly name: string;
}

/** Strings, comments, names, braces and parentheses: all that matters outside of selections. */
const TOKENS = /"""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*|[{}()]|[A-Za-z_]\w*/g;

/**
 * Finds the operation of a document. Not a parser: a schema checks a document, where one is given.
 * @throws SyntaxError  if there is none or several, one without a name, or a subscription
 */
export function operationOf(text: string): GraphqlOperation {
  const found: { readonly kind: string; readonly name: string | undefined }[] = [];
  let depth = 0;
  // Values may have braces, too; they stand in parentheses.
  let parentheses = 0;
  let words: string[] = [];
  for (const [token] of text.matchAll(TOKENS)) {
    if (token.startsWith('"') || token.startsWith('#')) continue;
    if (token === '(') parentheses++;
    else if (token === ')') parentheses--;
    else if (parentheses > 0) continue;
    else if (token === '{') {
      const [kind = 'query', name] = words;
      if (depth === 0 && kind !== 'fragment') found.push({ kind, name });
      words = [];
      depth++;
    } else if (token === '}') {
      if (--depth < 0) throw new SyntaxError('has a brace too many');
      words = [];
    } else if (depth === 0) words.push(token);
  }
  if (depth !== 0) throw new SyntaxError('has a brace that is not closed');
  const [operation, another] = found;
  if (operation === undefined) throw new SyntaxError('has no operation');
  if (another !== undefined) throw new SyntaxError('has more than one operation');
  const { kind, name } = operation;
  if (kind !== 'query' && kind !== 'mutation') throw new SyntaxError(`has a ${kind}, which no call can be`);
  if (name === undefined) throw new SyntaxError(`has a ${kind} without a name`);
  return { kind, name };
}
