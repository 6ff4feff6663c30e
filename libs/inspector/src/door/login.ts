import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from 'guichet/kernel';

/** Milliseconds a login holds: a working day. */
const LIFETIME_MS = 43_200_000;
const NAME = 'guichet-inspector';
const ATTRIBUTES = 'Path=/inspector; HttpOnly; SameSite=Strict';

/**
 * Logins at the inspector: a cookie that this process signed, so that the token itself is sent once. The key is the process's own and
 * random: a restart ends every login, and the cookie says nothing of the token.
 */
export class Logins {
  private readonly key = randomBytes(32);

  constructor(private readonly clock: Clock) {}

  /** @returns the `Set-Cookie` of a new one */
  begin(): string {
    const until = this.clock.epochMs() + LIFETIME_MS;
    return `${NAME}=${until}.${this.sign(until)}; Max-Age=${LIFETIME_MS / 1_000}; ${ATTRIBUTES}`;
  }

  /** @returns the `Set-Cookie` that takes it away */
  end(): string {
    return `${NAME}=; Max-Age=0; ${ATTRIBUTES}`;
  }

  /** @param cookies  the request's `Cookie` */
  isHeld(cookies: string | undefined): boolean {
    const found = new RegExp(`(?:^|; )${NAME}=(\\d{1,16})\\.([\\w-]{43})(?:;|$)`).exec(cookies ?? '');
    if (found === null) return false;
    const until = Number(found[1]);
    return timingSafeEqual(Buffer.from(found[2]!), Buffer.from(this.sign(until))) && until > this.clock.epochMs();
  }

  private sign(until: number): string {
    return createHmac('sha256', this.key).update(String(until)).digest('base64url');
  }
}
