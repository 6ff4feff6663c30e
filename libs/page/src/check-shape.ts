import { type BootProblem, check, type Schema } from 'guichet/kernel';
import type { PageGraph } from './compile.js';
import { jsonSchemaOf } from './json-schema.js';

/**
 * Finds where a page without a `view` cannot fit its shape: what the shape wants is no section of it, or a section that may be
 * omitted, and then the page would answer 500 when that upstream fails. What a view makes is not known before it runs.
 */
export function checkShape({ page, declaration: { shape }, instance, sections }: PageGraph): BootProblem[] {
  if (!shape || (instance as { view?: unknown }).view !== undefined) return [];
  const nodes = new Map([...sections].map(([node, name]) => [name, node]));
  return wantedBy(shape).flatMap(name => {
    const node = nodes.get(name);
    const found = { where: page, path: `shape.${name}` };
    if (!node || node.kind === 'internal')
      return {
        ...found,
        message: 'no section in the payload has this name, so every answer would be refused',
        mend: 'write a view that makes it, name a section so, or take it out of the shape',
      };
    if (node.required || node.fallback) return [];
    return {
      ...found,
      message: 'the section may be omitted, and then the answer would be refused',
      mend: 'write .optional() in the shape, or give the section a fallback',
    };
  });
}

/** The keys without which a shape refuses an object: by what it says of itself, and by what it does. */
function wantedBy(shape: Schema<unknown>): readonly string[] {
  const said = (jsonSchemaOf(shape, 'input')?.['required'] as string[] | undefined) ?? [];
  if (said.length === 0) return [];
  try {
    const checked = check(shape, Object.fromEntries(said.map(name => [name, undefined])));
    return checked.ok ? [] : said.filter(name => checked.issues.some(({ path }) => path === name));
  } catch {
    // Its own functions may stumble over what is not there.
    return [];
  }
}
