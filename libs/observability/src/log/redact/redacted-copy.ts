import { REDACTED, type SecretNames } from './secret-names.js';
import { errorFields } from '../error-fields.js';

/** Nothing that is logged may be larger: what is left out says so. */
const MAX_DEPTH = 6;
const MAX_MEMBERS = 50;
const MAX_NODES = 500;
const MAX_TEXT_LENGTH = 8_192;

/**
 * Copies anything into plain JSON that may be written down: fields with secret names redacted, cycles and what is too deep or too
 * much cut off. In lists of header names and values, as `rawHeaders`, a secret name covers what stands behind it.
 */
export function redactedCopy(value: unknown, names: SecretNames): unknown {
  return new Copier(names).copy(value, 0);
}

/** @returns a text, cut where it is too long */
export function bounded(text: string, maxLength = MAX_TEXT_LENGTH): string {
  return text.length > maxLength ? `${text.slice(0, maxLength)}… (${text.length} characters)` : text;
}

/** That there is none, or whether there is one, is no secret. */
function redacted(value: unknown): unknown {
  return value === undefined || value === null || typeof value === 'boolean' ? value : REDACTED;
}

class Copier {
  private readonly open = new Set<object>();
  private nodes = 0;

  constructor(private readonly names: SecretNames) {}

  copy(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return bounded(value);
    if (typeof value === 'bigint') return String(value);
    if (typeof value === 'function') return `[function ${value.name}]`;
    if (typeof value === 'symbol') return value.toString();
    if (typeof value !== 'object' || value === null) return value;
    if (this.open.has(value)) return '[circular]';
    if (depth >= MAX_DEPTH || ++this.nodes > MAX_NODES) return '[more]';
    this.open.add(value);
    try {
      return this.inner(value, depth + 1);
    } catch {
      // A getter, a proxy or a toJSON of somebody's own.
      return '[unreadable]';
    } finally {
      this.open.delete(value);
    }
  }

  private inner(value: object, depth: number): unknown {
    if (value instanceof Error) return this.copy(errorFields(value), depth);
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (value instanceof Map) return this.members([...value].slice(0, MAX_MEMBERS + 1), depth);
    if (value instanceof Set) return this.list([...value].slice(0, MAX_MEMBERS + 1), depth);
    if (Array.isArray(value)) return this.list(value, depth);
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === 'function') return this.copy((toJSON as () => unknown).call(value), depth);
    return this.members(Object.entries(value), depth);
  }

  private members(entries: readonly (readonly [unknown, unknown])[], depth: number): object {
    const copy: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const [key, value] of entries.slice(0, MAX_MEMBERS)) {
      const name = String(key).slice(0, 128);
      copy[name] = this.names.has(name) ? redacted(value) : this.copy(value, depth);
    }
    if (entries.length > MAX_MEMBERS) copy['…'] = 'more';
    return copy;
  }

  private list(values: readonly unknown[], depth: number): unknown[] {
    const copy: unknown[] = [];
    for (const [index, value] of values.slice(0, MAX_MEMBERS).entries()) {
      const before = values[index - 1];
      const isCovered = typeof before === 'string' && before.length <= 64 && this.names.has(before);
      copy.push(isCovered ? redacted(value) : this.copy(value, depth));
    }
    if (values.length > MAX_MEMBERS) copy.push('…');
    return copy;
  }
}
