import { harmlessValue } from './harmless-value.js';
import type { MessageReply } from './message-reply.js';

/** @returns the reply of a value that the client parsed */
export function valueReply(given: unknown, maxBytes: number): MessageReply {
  const { value, bytes } = harmlessValue(given, maxBytes);
  return { status: 200, bytes, value: () => value };
}

/**
 * @returns the reply of an error that came over the wire: whatever the service's exception held. A number `statusCode`, `status` or
 * `code` from 400 to 599 is its HTTP status; without one it is 500
 */
export function errorReply(given: unknown, maxBytes: number): MessageReply {
  const { value, bytes } = harmlessValue(given, maxBytes);
  return { status: statusOf(value), bytes, value: () => value };
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 500;
  const { statusCode, status, code } = error as Readonly<Record<string, unknown>>;
  const found = [statusCode, status, code].find(value => Number.isInteger(value));
  return typeof found === 'number' && found >= 400 && found <= 599 ? found : 500;
}
