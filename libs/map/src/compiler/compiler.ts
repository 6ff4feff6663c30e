import { createRequire } from 'node:module';
import { join } from 'node:path';
import type typescript from 'typescript';
import { MapError } from '../map-error.js';

/** TypeScript's compiler API. */
export type Compiler = typeof typescript;

/**
 * Loads the TypeScript of a project: what builds it understands it.
 * @param folder  the project's, absolute
 * @throws MapError  if there is none, or one without this API
 */
export function loadCompiler(folder: string): Compiler {
  let found: Partial<Compiler>;
  try {
    found = createRequire(join(folder, 'package.json'))('typescript') as Partial<Compiler>;
  } catch (error) {
    throw new MapError(
      `the map is read from the sources with TypeScript, which is not installed in ${folder}: npm install --save-dev typescript`,
      { cause: error },
    );
  }
  if (!found.createProgram || !found.version) throw new MapError('this TypeScript has no compiler API: use 5.4 to 6');
  const [major = 0, minor = 0] = found.version.split('.').map(Number);
  if (major < 5 || (major === 5 && minor < 4))
    throw new MapError(`TypeScript ${found.version} is too old: use 5.4 or newer`);
  return found as Compiler;
}
