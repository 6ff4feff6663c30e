/** A parameter of a path, `:id` between slashes. */
const PARAMETER = /(?<=\/):(\w+)/g;

/** Gives a parameter's value as the request has it, decoded; undefined where it has none. */
export type ParameterValue = (name: string) => string | undefined;

/** @returns the parameters that a successor takes from the request; an address of another host has none */
export function parametersOf(successor: string | undefined): readonly string[] {
  return successor?.startsWith('/') ? [...successor.matchAll(PARAMETER)].map(([, name]) => name!) : [];
}

/**
 * Makes ready what a successor's address is made of.
 * @returns fills in a request's values, encoded; undefined where one is missing
 */
export function linkTarget(successor: string): (valueOf: ParameterValue) => string | undefined {
  const names = parametersOf(successor);
  if (names.length === 0) return () => successor;
  const literals = successor.split(/(?<=\/):\w+/);
  return valueOf => {
    let target = literals[0]!;
    for (let i = 0; i < names.length; i++) {
      const value = valueOf(names[i]!);
      if (value === undefined) return undefined;
      target += encodeURIComponent(value) + literals[i + 1]!;
    }
    return target;
  };
}
