/**
 * Freezes plain objects and arrays all the way down, so that nobody who has the value can change it for others. What is of
 * another class (dates, maps, what a schema's transform made) stays as it is. Takes no stack, however deep the value is.
 * @returns the same value
 */
export function freezeValue<T>(value: T): T {
  if (!isOpenObject(value)) return value;
  Object.freeze(value);
  const open: object[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const inner of Object.values(next) as unknown[]) {
      if (!isOpenObject(inner)) continue;
      Object.freeze(inner);
      open.push(inner);
    }
  }
  return value;
}

function isOpenObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
