import { createRequire } from 'node:module';
import type { BootProblems } from 'guichet/kernel';

const ownRequire = createRequire(import.meta.url);

/** Where packages come from: Node's `require`, in tests another. */
export type PackageLoader = (name: string) => unknown;

/**
 * Loads a package that only one kind of upstream needs: an app without such upstreams need not have it, and never loads it.
 * @throws Error  with a code (`MODULE_NOT_FOUND`) where it is not installed
 */
export function loadPackage<P>(name: string, load: PackageLoader = ownRequire): P {
  return load(name) as P;
}

/**
 * Loads what a client class needs, at boot.
 * @param client    the class
 * @param packages  their names
 * @returns whether all could be loaded; what could not is noted
 */
export function canLoad(
  client: string,
  packages: readonly string[],
  problems: BootProblems,
  load?: PackageLoader,
): boolean {
  try {
    for (const name of packages) loadPackage(name, load);
    return true;
  } catch (error) {
    problems.add({
      where: client,
      path: packages.join(', '),
      message: `this kind of upstream needs it, and it cannot be loaded (${(error as NodeJS.ErrnoException).code})`,
      mend: `npm install ${packages.join(' ')}`,
    });
    return false;
  }
}
