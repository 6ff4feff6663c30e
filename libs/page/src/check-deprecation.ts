import { BootError, type BootProblem, deprecationSchema, readOptions } from 'guichet/kernel';
import { parametersOf } from 'guichet/observability';
import type { PageGraph } from './compile.js';

/** Finds what is wrong with what a page says of its end: dates, their order, a successor that wants what the path does not have. */
export function checkDeprecation({ page, declaration: { deprecated, path } }: PageGraph): readonly BootProblem[] {
  if (deprecated === undefined) return [];
  try {
    readOptions(page, deprecationSchema, deprecated);
  } catch (error) {
    if (!(error instanceof BootError)) throw error;
    return error.problems.map(problem => ({
      ...problem,
      path: problem.path === '' ? 'deprecated' : `deprecated.${problem.path}`,
    }));
  }
  const has = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name!);
  return parametersOf(deprecated.successor)
    .filter(name => !has.includes(name))
    .map(name => ({
      where: page,
      path: 'deprecated.successor',
      message: `":${name}" is no parameter of ${path}`,
      mend: `use its parameters (${has.join(', ') || 'none'})`,
    }));
}
