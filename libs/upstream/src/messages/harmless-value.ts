/** A value that somebody else has parsed: what it would take as text, about. */
export interface WeighedValue {
  readonly value: unknown;
  /** Characters of its texts and keys, and one for whatever else is in it. Beyond the limit it is not counted on. */
  readonly bytes: number;
}

/**
 * Weighs a value that was parsed from JSON, and takes every key `__proto__` out of it, at whatever depth: it would replace a prototype when
 * the value is copied later.
 * @param maxBytes  where weighing ends; what is heavier must not be used
 */
export function harmlessValue(value: unknown, maxBytes: number): WeighedValue {
  let bytes = 0;
  const open: unknown[] = [value];
  while (open.length > 0 && bytes <= maxBytes) {
    const inner = open.pop();
    if (typeof inner === 'string') bytes += inner.length + 2;
    else if (ArrayBuffer.isView(inner)) bytes += inner.byteLength;
    else if (typeof inner !== 'object' || inner === null) bytes += 1;
    else {
      if (Object.hasOwn(inner, '__proto__')) delete (inner as { __proto__?: unknown }).__proto__;
      bytes += 2;
      if (!Array.isArray(inner)) for (const key of Object.keys(inner)) bytes += key.length + 3;
      for (const one of Object.values(inner)) open.push(one);
    }
  }
  return { value, bytes };
}
