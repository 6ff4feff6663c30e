/**
 * Reads PromQL far enough to say which metrics and labels it names. Whether an expression is right is Prometheus' to say:
 * promtool and the end-to-end test ask it.
 * @see https://prometheus.io/docs/prometheus/latest/querying/basics/
 */

/** A metric that an expression selects. */
export interface Selector {
  readonly metric: string;
  /** What is asked of its labels. */
  readonly matchers: readonly Matcher[];
}

/** `outcome=~"failed|departed"` */
export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** What an expression names. */
export interface Names {
  readonly selectors: readonly Selector[];
  /** Of `by`, `without`, `on`, `ignoring`, `group_left` and `group_right`. */
  readonly labels: readonly string[];
}

interface Token {
  readonly kind: 'word' | 'string' | 'number' | 'sign';
  readonly text: string;
}

const GROUPING = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const KEYWORDS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan', 'start', 'end', 'atan2', ...GROUPING]);

const TOKEN =
  /(?<space>\s+|#[^\n]*)|(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)|(?<number>\d[\w.]*|\.\d[\w.]*)|(?<word>[a-zA-Z_:][\w:]*|\$\w+|\$\{\w+\})|(?<sign>=~|!~|!=|==|<=|>=|[-+*/%^=<>(){}[\],@:])/y;

/**
 * @returns the metrics and labels that an expression names, in order
 * @throws SyntaxError  where it has what PromQL has not
 */
export function namesIn(expression: string): Names {
  const tokens = tokensOf(expression);
  const selectors: Selector[] = [];
  const labels: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const { kind, text } = tokens[at]!;
    const next = tokens[at + 1]?.text;
    if (text === '[') at = indexOf(tokens, ']', at);
    else if (text === '{') throw new SyntaxError(`a selector without a metric: ${expression}`);
    else if (kind !== 'word' || text.startsWith('$')) continue;
    else if (GROUPING.has(text) && next === '(') {
      const end = indexOf(tokens, ')', at);
      labels.push(...wordsBetween(tokens, at, end));
      at = end;
    } else if (!KEYWORDS.has(text.toLowerCase()) && next !== '(' && !isAggregation(tokens, at)) {
      const end = next === '{' ? indexOf(tokens, '}', at) : at;
      selectors.push({ metric: text, matchers: matchersOf(tokens.slice(at + 2, end)) });
      at = end;
    }
  }
  return { selectors, labels };
}

/** `sum by (app) (…)`: a word before a grouping is no metric, unless an operator's grouping follows it. */
function isAggregation(tokens: readonly Token[], at: number): boolean {
  return ['by', 'without'].includes(tokens[at + 1]?.text ?? '');
}

function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.length) {
    const from = TOKEN.lastIndex;
    const groups = TOKEN.exec(expression)?.groups;
    if (!groups) throw new SyntaxError(`not PromQL at ${from}: ${expression.slice(from, from + 20)}`);
    for (const kind of ['word', 'string', 'number', 'sign'] as const)
      if (groups[kind] !== undefined) tokens.push({ kind, text: groups[kind] });
  }
  return tokens;
}

function indexOf(tokens: readonly Token[], text: string, from: number): number {
  const index = tokens.findIndex((token, at) => at > from && token.text === text);
  if (index < 0) throw new SyntaxError(`a ${text} is missing`);
  return index;
}

function wordsBetween(tokens: readonly Token[], from: number, to: number): string[] {
  return tokens
    .slice(from + 1, to)
    .filter(({ kind }) => kind === 'word')
    .map(({ text }) => text);
}

function matchersOf(tokens: readonly Token[]): Matcher[] {
  const found: Matcher[] = [];
  for (let at = 0; at + 2 < tokens.length; at += 4) {
    const [label, operator, value] = tokens.slice(at, at + 3) as [Token, Token, Token];
    if (value.kind !== 'string') throw new SyntaxError(`the matcher of ${label.text} has no value`);
    found.push({
      label: label.text,
      operator: operator.text as Matcher['operator'],
      value: value.text.slice(1, -1),
    });
  }
  return found;
}
