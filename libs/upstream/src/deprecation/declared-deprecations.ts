import type { CallDeprecationOptions } from 'guichet/kernel';

const DEPRECATED = Symbol('guichet:deprecated');
/** Stands for the whole upstream among what a client class declares. */
export const WHOLE = Symbol('guichet:whole-upstream');

/** What a client class says is deprecated: single methods, by name, and the whole upstream. */
export type DeclaredDeprecations = ReadonlyMap<string | typeof WHOLE, CallDeprecationOptions>;

/** Notes on a class what `@Deprecated` says. */
export function noteDeprecation(type: object, name: string | typeof WHOLE, options: CallDeprecationOptions): void {
  Reflect.defineMetadata(DEPRECATED, new Map([...ownDeprecations(type), [name, options]]), type);
}

/** @returns what a client class and those it extends declare */
export function declaredDeprecations(client: object): DeclaredDeprecations {
  const all = new Map<string | typeof WHOLE, CallDeprecationOptions>();
  for (let type: object | null = client; type; type = Object.getPrototypeOf(type) as object | null)
    for (const [name, options] of ownDeprecations(type)) if (!all.has(name)) all.set(name, options);
  return all;
}

function ownDeprecations(type: object): DeclaredDeprecations {
  return (Reflect.getOwnMetadata(DEPRECATED, type) as DeclaredDeprecations | undefined) ?? new Map();
}
