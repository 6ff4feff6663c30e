import { z } from 'zod';
import { BootError, type BootProblem, type BootProblems } from './boot-problems.js';

/** Where an option's value came from, so that a problem names the thing to change: option path → environment variable. */
export type OptionOrigins = Readonly<Record<string, string>>;

/**
 * Reads a lib's options: checks them against its strict schema, fills in defaults and freezes them.
 * What was read is noted in `problems.configuration`, what is wrong in `problems`, and the faulty options stand at their defaults until the boot ends with the list.
 * @param where     the lib, as problems name it
 * @param origins   option paths that came from the environment
 * @throws BootError  if something is wrong and there is no `problems` to note it in, or no default to go on with
 */
export function readOptions<S extends z.ZodType>(
  where: string,
  schema: S,
  raw: unknown,
  problems?: BootProblems,
  origins: OptionOrigins = {},
): Readonly<z.output<S>> {
  const first = schema.safeParse(raw);
  if (first.success) {
    problems?.configuration.note(where, raw, first.data, origins);
    return deepFreeze(first.data);
  }
  const found = first.error.issues.flatMap(issue => toProblems(where, issue, raw, origins));
  if (!problems) throw new BootError(found);
  problems.add(...found);
  const mended = schema.safeParse(without(raw, first.error.issues));
  if (!mended.success) throw new BootError(problems.all);
  return deepFreeze(mended.data);
}

/** What a strict schema says of options: these, frozen, or what is wrong with them. */
export type CheckedOptions<T> =
  | { readonly options: Readonly<T>; readonly problems: readonly [] }
  | { readonly options: undefined; readonly problems: readonly BootProblem[] };

/**
 * Checks options as {@link readOptions} does, where nothing goes on with defaults when they are wrong.
 * @param where  what problems are about
 */
export function checkOptions<S extends z.ZodType>(where: string, schema: S, raw: unknown): CheckedOptions<z.output<S>> {
  const checked = schema.safeParse(raw);
  if (checked.success) return { options: deepFreeze(checked.data), problems: [] };
  return { options: undefined, problems: checked.error.issues.flatMap(issue => toProblems(where, issue, raw, {})) };
}

function toProblems(where: string, issue: z.core.$ZodIssue, raw: unknown, origins: OptionOrigins): BootProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => ({
      where,
      path: [...issue.path, key].join('.'),
      message: 'unknown option',
      mend: 'remove it, or correct its spelling',
    }));
  }
  const path = nameOf(issue.path, origins);
  const value = at(raw, issue.path);
  const wanted = wantedBy(issue);
  if (value === undefined) {
    // A schema's own words say more than its type.
    const isOwn = !issue.message.startsWith('Invalid ');
    const expected = wanted ?? (isOwn ? `what ${issue.message}` : expectation(issue));
    return [{ where, path, message: 'is missing', mend: `set it to ${expected}` }];
  }
  return [
    {
      where,
      path,
      message: wanted === undefined ? issue.message : `is not ${wanted}`,
      value: /secret|token|password/i.test(`${path} ${issue.path.join('.')}`) ? undefined : show(value),
      mend: `set it to ${wanted ?? expectation(issue)}`,
    },
  ];
}

/** An option's path, or the variable it came from; of a part of what a variable says, both. */
function nameOf(path: readonly PropertyKey[], origins: OptionOrigins): string {
  const dotted = path.join('.');
  const origin = path
    .map((_, index) => origins[path.slice(0, index + 1).join('.')])
    .findLast(name => name !== undefined);
  if (origin === undefined) return dotted;
  return origins[dotted] === undefined ? `${origin} (${dotted})` : origin;
}

/** Issues whose own words, where a schema has them, say what it takes; those of the others complain: `is too short`. */
const OF_KIND = new Set<unknown>(['invalid_type', 'invalid_union', 'invalid_format', 'invalid_value']);

/** What a schema's own words say that it takes: of `is an https URL`, `an https URL`. */
function wantedBy({ code, message }: z.core.$ZodIssue): string | undefined {
  return OF_KIND.has(code) && message.startsWith('is ') ? message.slice(3) : undefined;
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `a value of type ${issue.expected}`;
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `at least ${issue.minimum}`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    default:
      return 'what the message asks for, or leave it out';
  }
}

function show(value: unknown): string {
  // A URL may carry a password.
  const text = (JSON.stringify(value) ?? String(value)).replace(/\/\/[^/@"]*@/g, '//…@');
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

function without(raw: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const copy: unknown = structuredClone(raw);
  for (const issue of issues) {
    const parent = at(copy, issue.code === 'unrecognized_keys' ? issue.path : issue.path.slice(0, -1));
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : issue.path.slice(-1);
    if (typeof parent === 'object' && parent !== null)
      for (const key of keys) delete (parent as Record<PropertyKey, unknown>)[key];
  }
  return copy;
}

function deepFreeze<T>(value: T): Readonly<T> {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    const prototype = Object.getPrototypeOf(value) as unknown;
    if (prototype === Object.prototype || Array.isArray(value)) {
      Object.values(value).forEach(deepFreeze);
      Object.freeze(value);
    }
  }
  return value;
}
