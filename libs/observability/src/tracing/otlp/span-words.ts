import { quoted } from './attribute.js';

/** OTLP's kinds of spans. */
export const INTERNAL = 1;
export const SERVER = 2;
export const CLIENT = 3;

/**
 * Writes what a span says beside its ids and instants: members of its JSON object. Its list of attributes stays open at the end, for
 * those that change from span to span.
 * @param attributes  at least one
 */
export function spanWords(name: string, kind: number, isError: boolean, attributes: readonly string[]): string {
  const status = isError ? '{"code":2}' : '{}';
  return `"name":${quoted(name)},"kind":${kind},"status":${status},"attributes":[${attributes.join(',')}`;
}
