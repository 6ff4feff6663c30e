import { PATH_METADATA } from '@nestjs/common/internal';
import type { BootProblem } from 'guichet/kernel';
import type { PageGraph } from './compile.js';
import { isNode, SectionNode } from './node.js';
import { HANDLER } from './page.decorator.js';
import { notedPrivateSections, privateMembers } from './private-members.js';
import { SECTIONS_KEY } from './section-state.js';

/** Names a section cannot have: the envelope's, the framework's, and what would change how an object is written as JSON. */
const RESERVED = [SECTIONS_KEY, HANDLER, 'view', 'constructor', 'toJSON', '__proto__'];

/** Finds what is wrong with a page's members: names, visibility, methods. */
export function checkMembers({ page, declaration, instance, sections, made }: PageGraph): BootProblem[] {
  const problems: BootProblem[] = [];
  const add = (path: string, message: string, mend: string): void => {
    problems.push({ where: page, path, message, mend });
  };
  const fields = Object.entries(instance);
  for (const [name, field] of fields) {
    if (isNode(field) && RESERVED.includes(name)) add(name, 'no section can have this name', 'rename the field');
    if (field instanceof SectionNode && sections.get(field) !== name)
      add(name, `the same section as ${sections.get(field)}`, 'give each field a section of its own');
  }
  const hidden = new Set([...notedPrivateSections(instance), ...privateMembers(declaration.file, page)]);
  for (const [node, name] of sections) {
    if (hidden.has(name) && node.kind === 'section')
      add(name, 'a private section: at run time it would leave with the payload', 'make it public, or use internal(…)');
  }
  const unnamed = made?.filter(node => node instanceof SectionNode && !sections.has(node)) ?? [];
  for (const node of unnamed)
    if (!fields.some(([, field]) => field === node))
      add('#private', 'a section in a #private field, or in none: it has no name', 'make it a public field');
  if (sections.size === 0)
    add('', 'it has no section', 'give it at least one field made by required(…) or optional(…)');

  const { view } = instance as { view?: unknown };
  if (view !== undefined && !isNode(view) && typeof view !== 'function')
    add('view', 'not a method', 'make it a method');
  for (
    let type: unknown = Object.getPrototypeOf(instance);
    type && type !== Object.prototype;
    type = Object.getPrototypeOf(type)
  ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(type))) {
      if (
        name !== HANDLER &&
        typeof value === 'function' &&
        Reflect.hasMetadata(PATH_METADATA, value) &&
        name !== 'constructor'
      )
        add(name, 'a method of a page cannot be a route', 'move it to a controller');
    }
  }
  return problems;
}
