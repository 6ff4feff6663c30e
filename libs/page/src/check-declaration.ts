import type { BootProblem } from 'guichet/kernel';
import type { PageGraph } from './compile.js';
import { PRIORITIES } from './door/priority.js';
import { jsonSchemaOf, propertyNames } from './json-schema.js';
import { SECTIONS_KEY } from './section-state.js';

/** The longest a page may make its client wait, milliseconds: what proxies in front commonly allow (nginx: 60 s). */
export const MAX_BUDGET_MS = 60_000;

/** Finds what is wrong with what `@Page` or `@Command` says: budget, status, shape, path. */
export function checkDeclaration({ page, declaration, inputs }: PageGraph): BootProblem[] {
  const { budgetMs, status, shape, method, priority } = declaration;
  const problems: BootProblem[] = [];
  const add = (path: string, message: string, mend: string, value?: number): void => {
    problems.push({ where: page, path, message, mend, value: value?.toString() });
  };
  if (!(budgetMs >= 1 && budgetMs <= MAX_BUDGET_MS))
    add('budgetMs', 'out of range', `set it to 1 to ${MAX_BUDGET_MS} milliseconds`, budgetMs);
  if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 299 && status !== 204))
    add('status', 'not a status of success with a body', 'set it to 200, 201 or 202', status);
  if (priority !== undefined && !PRIORITIES.includes(priority))
    add('priority', `"${String(priority)}" is none`, `set it to ${PRIORITIES.join(', ')}`);
  if (shape) {
    const json = jsonSchemaOf(shape, 'output');
    if (json?.['type'] === 'array') add('shape', 'an array cannot carry the envelope', 'make the shape an object');
    if (Object.hasOwn((json?.['properties'] as object | undefined) ?? {}, SECTIONS_KEY))
      add('shape', `the envelope reserves the key ${SECTIONS_KEY}`, 'rename it');
  }
  if (method === 'GET' && inputs.some(input => input.source === 'body'))
    add('body', 'a GET request has no body', 'use query(…), or make it a @Command');

  const inPath = [...declaration.path.matchAll(/[:*](\w+)/g)].map(([, name]) => name!);
  const schemas = inputs.flatMap(({ source, schema }) => (source === 'params' && schema ? [schema] : []));
  // A loose schema takes whatever the path has.
  const known = schemas.map(schema =>
    jsonSchemaOf(schema, 'input')?.['additionalProperties'] ? undefined : propertyNames(schema),
  );
  if (schemas.length > 0 && known.every(names => names !== undefined)) {
    for (const name of inPath.filter(parameter => !known.flat().includes(parameter)))
      add(
        `:${name}`,
        'a parameter of the path that the params schema does not have',
        'add it to the schema, or remove it',
      );
  }
  const required = schemas.flatMap(
    schema => (jsonSchemaOf(schema, 'input')?.['required'] as string[] | undefined) ?? [],
  );
  for (const name of required.filter(key => !inPath.includes(key)))
    add(
      `params.${name}`,
      'the path has no such parameter, so every request would be refused',
      'add it to the path, or remove it',
    );
  return problems;
}
