/** What one call of Nest's logger says. */
export interface Said {
  /** Who says it: the name given to `new Logger(name)`. */
  readonly context: string | undefined;
  readonly words: readonly unknown[];
  /** Of all plain objects. */
  readonly params: object;
  /** The first error. */
  readonly error: Error | undefined;
  /** A stack that was handed over as text. */
  readonly stack: string | undefined;
}

/**
 * Reads the arguments of Nest's loggers as its `ConsoleLogger` does: the last text is the context, plain objects are fields, a text with
 * the look of a stack is one, a function is asked for what it means.
 */
export function readArguments(message: unknown, more: readonly unknown[]): Said {
  const rest = [...more];
  const last = rest.at(-1);
  const context = typeof last === 'string' && !isStack(last) ? last : undefined;
  if (context !== undefined) rest.pop();
  const words: unknown[] = [];
  const params: Record<string, unknown> = {};
  let error: Error | undefined;
  let stack: string | undefined;
  for (const given of [message, ...rest]) {
    const value = meaning(given);
    if (value instanceof Error && error === undefined) error = value;
    else if (typeof value === 'string' && given !== message && isStack(value)) stack ??= value;
    else if (isPlain(value)) Object.assign(params, value);
    else if (value !== undefined && value !== '') words.push(value instanceof Error ? value.message : value);
  }
  return { context, words, params, error, stack };
}

function isStack(text: string): boolean {
  return /\n[ \t]+at .+:\d+:\d+/.test(text);
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as unknown;
  return prototype === Object.prototype || prototype === null;
}

function meaning(value: unknown): unknown {
  if (typeof value !== 'function') return value;
  if (Function.prototype.toString.call(value).startsWith('class ')) return value.name;
  return (value as () => unknown)();
}
