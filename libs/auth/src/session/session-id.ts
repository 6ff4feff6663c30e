import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const ID = /^[\w-]{43}$/;

/** @returns an id nobody can guess: 256 random bits, base64url */
export function newId(): string {
  return randomBytes(32).toString('base64url');
}

/** Whether a text could be an id at all. */
export function isId(text: string): boolean {
  return ID.test(text);
}

/**
 * Derives from an id what may be known where the id must not be.
 * @param purpose  keeps what is derived for one purpose useless for another
 */
export function derive(purpose: 'store-key' | 'seal' | 'logout', id: string): Buffer {
  return createHash('sha256').update(`guichet:${purpose}:${id}`).digest();
}

/** @returns what stands in the logout URL of a session: proves that whoever follows it could read `/bff/user` */
export function logoutToken(id: string): string {
  return derive('logout', id).toString('base64url');
}

/** Whether a logout URL's token is this session's. */
export function isLogoutToken(token: unknown, id: string): boolean {
  if (typeof token !== 'string') return false;
  const given = Buffer.from(token);
  const expected = Buffer.from(logoutToken(id));
  return given.byteLength === expected.byteLength && timingSafeEqual(given, expected);
}
