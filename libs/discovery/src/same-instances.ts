import type { Instance } from './instance.js';

/**
 * Orders instances by id and puts the objects known before in place of new ones of equal content, so that whoever holds
 * something per instance (connections, scores) may key it by the object.
 * @returns `known` itself when nothing differs
 */
export function keepIdentity(known: readonly Instance[], next: readonly Instance[]): readonly Instance[] {
  const byId = new Map(known.map(instance => [instance.id, instance]));
  const merged = next
    .map(instance => {
      const before = byId.get(instance.id);
      return before && isSame(before, instance) ? before : instance;
    })
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return merged.length === known.length && merged.every((instance, place) => instance === known[place])
    ? known
    : Object.freeze(merged);
}

function isSame(a: Instance, b: Instance): boolean {
  return (
    a === b ||
    (a.host === b.host &&
      a.port === b.port &&
      a.weight === b.weight &&
      a.tags.length === b.tags.length &&
      a.tags.every((tag, place) => tag === b.tags[place]) &&
      isSameMeta(a.meta, b.meta))
  );
}

function isSameMeta(a: Instance['meta'], b: Instance['meta']): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && a[key] === b[key]);
}
