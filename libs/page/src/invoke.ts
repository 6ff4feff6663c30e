import type { LoadContext } from './node.js';

type Load = (...values: readonly unknown[]) => unknown;
type Invoke = (values: readonly unknown[], context: LoadContext) => unknown;

/**
 * Specialises the call of a `load` to its number of needs, so that a request neither builds nor spreads an argument list.
 * @param slots  where the needs' values stand
 */
export function invoker(load: Load, slots: readonly number[]): Invoke {
  const [a, b, c, d] = slots as [number, number, number, number];
  switch (slots.length) {
    case 0:
      return (_, context) => load(context);
    case 1:
      return (values, context) => load(values[a], context);
    case 2:
      return (values, context) => load(values[a], values[b], context);
    case 3:
      return (values, context) => load(values[a], values[b], values[c], context);
    case 4:
      return (values, context) => load(values[a], values[b], values[c], values[d], context);
    default:
      return (values, context) => load(...slots.map(slot => values[slot]), context);
  }
}
