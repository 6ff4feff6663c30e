import {
  type BootProblem,
  checkOptions,
  type LiveOverride,
  type LivePart,
  type LiveValue,
  type PreparedSettings,
} from 'guichet/kernel';
import { z } from 'zod';
import { WHERE } from './document.js';

/** What a document would make of an app. */
export interface PreparedDocument {
  /** With any, nothing of it may be applied. */
  readonly problems: readonly BootProblem[];
  readonly values: ReadonlyMap<LiveValue<unknown>, unknown>;
  /** One a part; called in one turn, once the values hold. */
  readonly applications: readonly (() => void)[];
  readonly overrides: readonly LiveOverride[];
}

/** @returns the schema of a whole document: strict, one key a part */
export function documentSchema(parts: readonly LivePart[]): z.ZodType<Readonly<Record<string, unknown>>> {
  return z.strictObject(Object.fromEntries(parts.map(({ name, schema }) => [name, schema.optional()])));
}

/** Checks a whole document against all parts of an app, and changes nothing. */
export function prepareDocument(parts: readonly LivePart[], content: unknown): PreparedDocument {
  const { options, problems } = checkOptions(WHERE, documentSchema(parts), content);
  // Also of parts beside one that is wrong: whoever mends the document learns of everything at once.
  const prepared = parts.map((part): PreparedSettings => {
    // What is wrong by the schema is told of above, and counts as not said here.
    const said = options?.[part.name] ?? part.schema.safeParse(member(content, part.name)).data;
    return part.prepare(said);
  });
  const found = [...problems, ...prepared.flatMap(settings => settings.problems)];
  if (found.length > 0) return refused(found);
  return {
    problems: [],
    values: new Map(prepared.flatMap(({ values }) => [...values])),
    applications: prepared.map(({ apply }) => apply),
    overrides: prepared.flatMap(({ overrides }) => overrides),
  };
}

function member(content: unknown, name: string): unknown {
  return typeof content === 'object' && content !== null && Object.hasOwn(content, name)
    ? (content as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function refused(problems: readonly BootProblem[]): PreparedDocument {
  return { problems, values: new Map(), applications: [], overrides: [] };
}
