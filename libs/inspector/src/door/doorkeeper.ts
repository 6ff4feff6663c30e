import type { IncomingMessage } from 'node:http';
import type { Clock } from 'guichet/kernel';
import { Logins } from './login.js';
import { type TokenCheck, tokenCheck } from './token-check.js';
import { isFromElsewhere, isFromThisMachine } from './visitor.js';

/** Why a request is not let in. */
export type Refusal = { readonly status: 401 | 403; readonly title: string };

/**
 * Says who is let in. Without a token: this machine, under its own name. With one: whoever shows it, or holds a login that came of it.
 * No other web page ever is.
 */
export class Doorkeeper {
  private readonly logins: Logins;
  private readonly isToken: TokenCheck | undefined;

  /**
   * @param token    what visitors must know; undefined: the inspector is for this machine alone
   * @param ownHost  the address that the management server listens on
   */
  constructor(
    token: string | undefined,
    private readonly ownHost: string,
    clock: Clock,
  ) {
    this.logins = new Logins(clock);
    this.isToken = token === undefined ? undefined : tokenCheck(token);
  }

  /** Whether visitors must know a token. */
  get isLocked(): boolean {
    return this.isToken !== undefined;
  }

  /** Whether a request may see the pages themselves, which hold nothing of the app. */
  refusesSight(request: IncomingMessage): Refusal | undefined {
    if (this.isToken !== undefined || isFromThisMachine(request, this.ownHost)) return undefined;
    return { status: 403, title: 'The inspector is for this machine alone; INSPECTOR_TOKEN opens it to others' };
  }

  /** Whether a request may ask for anything, a login included. */
  refusesAsking(request: IncomingMessage): Refusal | undefined {
    if (isFromElsewhere(request)) return { status: 403, title: 'Another page may not ask this' };
    return this.refusesSight(request);
  }

  /** Whether a request may know anything of the app. */
  refusesKnowing(request: IncomingMessage): Refusal | undefined {
    const refusal = this.refusesAsking(request);
    if (refusal !== undefined || this.isToken === undefined) return refusal;
    const [, bearer] = /^Bearer (\S{1,512})$/i.exec(request.headers.authorization ?? '') ?? [];
    if (bearer !== undefined ? this.isToken(bearer) : this.logins.isHeld(request.headers.cookie)) return undefined;
    return { status: 401, title: 'The inspector wants to know a token' };
  }

  /** @returns the `Set-Cookie` of a login, or undefined where the token is wrong */
  logIn(token: string): string | undefined {
    return this.isToken?.(token) === true ? this.logins.begin() : undefined;
  }

  /** @returns the `Set-Cookie` that ends a login */
  logOut(): string {
    return this.logins.end();
  }
}
