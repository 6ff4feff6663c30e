import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether something offered is the token; says nothing by its time. */
export type TokenCheck = (offered: string) => boolean;

/** @param token  what visitors must know */
export function tokenCheck(token: string): TokenCheck {
  const expected = digest(token);
  return offered => timingSafeEqual(digest(offered), expected);
}

// Of one length whatever is offered.
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
