import { Refusal } from './refusal.js';

/** Most things one batch may ask for. */
const MAX_BATCH = 100;

/**
 * Reads a comma-separated list: `?ids=1,2,3`.
 * @throws Refusal  400 when it is missing or names more than 100
 */
export function listOf(query: URLSearchParams, name: string): string[] {
  const items = (query.get(name) ?? '').split(',').filter(item => item !== '');
  if (items.length === 0) throw new Refusal(400, 'invalid-query', `${name} names at least one, separated by commas.`);
  if (items.length > MAX_BATCH) throw new Refusal(400, 'invalid-query', `${name} names at most ${MAX_BATCH}.`);
  return items;
}

/**
 * Reads a whole number.
 * @throws Refusal  400 when it is not one, or out of its range
 */
export function wholeNumber(query: URLSearchParams, name: string, fallback: number, min: number, max: number): number {
  const text = query.get(name);
  if (text === null) return fallback;
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < min || value > max) {
    throw new Refusal(400, 'invalid-query', `${name} is a whole number from ${min} to ${max}.`);
  }
  return value;
}
