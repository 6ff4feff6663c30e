import type { IncomingMessage, ServerResponse } from 'node:http';
import { isId } from './session-id.js';
import { cookieName, type SessionOptions } from './session.options.js';

/** Seconds in which a login is finished or void. */
export const LOGIN_LIFE_S = 600;

/** A response of Fastify or of Express. */
export type AnyResponse =
  | { readonly raw: ServerResponse; header(name: string, value: string): unknown }
  | (ServerResponse & { append(name: string, value: string): unknown });

/** The two cookies of the session side: they hold ids, and nothing else. */
export class SessionCookies {
  /** The session cookie's name. */
  readonly name: string;
  private readonly loginName: string;
  private readonly attributes: string;
  private readonly loginAttributes: string;

  constructor(options: SessionOptions) {
    const { path, domain, sameSite } = options.cookie;
    this.name = cookieName(options);
    this.loginName = `${this.name}-login`;
    const secure = options.insecureLocalhost ? '' : '; Secure';
    const place = `Path=${path}${domain === undefined ? '' : `; Domain=${domain}`}; HttpOnly${secure}`;
    this.attributes = `${place}; SameSite=${sameSite === 'strict' ? 'Strict' : 'Lax'}`;
    // Lax: the issuer sends the browser back, which to a Strict cookie is another site's doing.
    this.loginAttributes = `Path=/; HttpOnly${secure}; SameSite=Lax`;
  }

  /** @returns the session's id, if the request brings exactly one that could be one */
  sessionId(request: IncomingMessage): string | undefined {
    return idOf(request, this.name);
  }

  /** @returns the login's id, likewise */
  loginId(request: IncomingMessage): string | undefined {
    return idOf(request, this.loginName);
  }

  /** Whether the request brings a session cookie, of whatever content. */
  hasSession(request: IncomingMessage): boolean {
    return valuesOf(request, this.name).length > 0;
  }

  setSession(response: AnyResponse, id: string): void {
    add(response, `${this.name}=${id}; ${this.attributes}`);
  }

  clearSession(response: AnyResponse): void {
    add(response, `${this.name}=; Max-Age=0; ${this.attributes}`);
  }

  setLogin(response: AnyResponse, id: string): void {
    add(response, `${this.loginName}=${id}; Max-Age=${LOGIN_LIFE_S}; ${this.loginAttributes}`);
  }

  clearLogin(response: AnyResponse): void {
    add(response, `${this.loginName}=; Max-Age=0; ${this.loginAttributes}`);
  }
}

/** Two of one name are a sign that somebody else set one (a sibling domain): neither is believed. */
function idOf(request: IncomingMessage, name: string): string | undefined {
  const [value, ...others] = valuesOf(request, name);
  return value !== undefined && others.length === 0 && isId(value) ? value : undefined;
}

function valuesOf({ headers: { cookie } }: IncomingMessage, name: string): string[] {
  if (cookie === undefined || !cookie.includes(name)) return [];
  const prefix = `${name}=`;
  return cookie
    .split(';')
    .map(pair => pair.trim())
    .filter(pair => pair.startsWith(prefix))
    .map(pair => pair.slice(prefix.length));
}

function add(response: AnyResponse, cookie: string): void {
  // Both append where there is one already.
  if ('raw' in response) response.header('set-cookie', cookie);
  else response.append('Set-Cookie', cookie);
}
