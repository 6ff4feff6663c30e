import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Under this key a built page carries the names of its private sections: the compiler plugin of scripts/build writes them. */
export const PRIVATE_SECTIONS = 'guichet:private-sections';

/**
 * What the build noted of a page and of the classes it extends. It needs no file beside the running one, as a deployed
 * app has none; without the plugin there is nothing.
 */
export function notedPrivateSections(page: object): ReadonlySet<string> {
  const names = new Set<string>();
  for (let type: object | null = page.constructor; type; type = Object.getPrototypeOf(type) as object | null) {
    for (const name of (Reflect.getOwnMetadata(PRIVATE_SECTIONS, type) ?? []) as readonly string[]) names.add(name);
  }
  return names;
}

/**
 * Finds the members of a class that TypeScript calls `private` or `protected`. At run time nothing tells them from public
 * ones, so this reads the class's declaration, or the source that a source map names, where they lie on this machine; elsewhere
 * lint alone guards.
 * @param file   the running file: `film.page.js`, or the source itself
 * @param owner  the class's name
 */
export function privateMembers(file: string | undefined, owner: string): ReadonlySet<string> {
  const text = file === undefined ? undefined : sourceOf(file);
  const own = text?.split(/(?=\bclass\s+\w)/).find(part => new RegExp(`^class\\s+${owner}\\b`).test(part)) ?? '';
  return new Set(
    [...own.matchAll(/^\s*(?:private|protected)\s+(?:(?:override|readonly|declare)\s+)*(\w+)/gm)].map(
      ([, name]) => name!,
    ),
  );
}

function sourceOf(file: string): string | undefined {
  const found = [file.replace(/\.js$/, '.d.ts'), mappedSource(file), file].find(
    path => path?.endsWith('.ts') && existsSync(path),
  );
  return found === undefined ? undefined : readFileSync(found, 'utf8');
}

function mappedSource(file: string): string | undefined {
  try {
    const { sources } = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { sources: readonly string[] };
    return sources[0] === undefined ? undefined : resolve(dirname(file), sources[0]);
  } catch {
    return undefined;
  }
}
