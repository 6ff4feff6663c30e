import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { derive } from './session-id.js';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a value under a key that only the bearer of the id has: whoever reads the store reads no tokens, and whoever writes
 * to it cannot move one session's content to another.
 */
export function seal(id: string, value: unknown): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', derive('seal', id), iv);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
}

/** @throws Error  if it was not sealed under this id */
export function unseal<T>(id: string, text: string): T {
  const bytes = Buffer.from(text, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', derive('seal', id), bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  const opened = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
  return JSON.parse(opened.toString('utf8')) as T;
}
