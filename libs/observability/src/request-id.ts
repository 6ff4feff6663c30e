import { randomBytes } from 'node:crypto';

/** What a client may call its request: short, and safe in a header, a log line and a file name. */
const ACCEPTABLE = /^[A-Za-z0-9._-]{1,64}$/;

// 72 random bits tell processes apart, a counter the requests of one: unique across replicas at the cost of a number.
const process72 = randomBytes(9).toString('base64url');
let count = 0;

/**
 * @param offered  the client's `X-Request-Id`
 * @returns the client's id if it is 1 to 64 of `A-Z a-z 0-9 . _ -`, else a new one that no replica has given before
 */
export function requestId(offered: unknown): string {
  return typeof offered === 'string' && ACCEPTABLE.test(offered) ? offered : `${process72}.${(++count).toString(36)}`;
}
