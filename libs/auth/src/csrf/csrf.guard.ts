import type { IncomingMessage } from 'node:http';
import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Inject,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { HANDLER_METADATA } from 'guichet/kernel';
import { SessionCookies } from '../session/cookies.js';
import { SESSION_OPTIONS, type SessionOptions } from '../session/session.options.js';

const NAVIGATION = 'guichet:navigation';
const PASSED = Symbol('guichet.csrfPassed');

/**
 * Marks a handler that browsers reach by a link or a redirect, where no header can be asked for. It must change nothing in the
 * name of the session; `IdentityGuard` tells it of none.
 */
export const Navigation = (): ClassDecorator & MethodDecorator => SetMetadata(NAVIGATION, true);

/** Whether a handler is a {@link Navigation}. */
export function isNavigation(context: ExecutionContext): boolean {
  const read = (target: object): unknown => Reflect.getMetadata(NAVIGATION, target);
  return (read(context.getHandler()) ?? read(context.getClass())) === true;
}

/** Whether a handler is one that browsers reach without the header, by what they say of where a request comes from. */
function isOriginChecked(context: ExecutionContext): boolean {
  const read = (target: object): unknown => Reflect.getMetadata(HANDLER_METADATA.originChecked, target);
  return (read(context.getHandler()) ?? read(context.getClass())) === true;
}

/** Whether {@link CsrfGuard} has seen a request and let it through: a session counts for nothing before. */
export function passedCsrf(request: IncomingMessage): boolean {
  return (request as { [PASSED]?: true })[PASSED] === true;
}

/**
 * Stands before `IdentityGuard`: what comes with a session cookie must come from the app's own pages. They alone can send
 * `X-CSRF: 1` (another site's would need CORS' consent, a form cannot); what browsers say of themselves, `Sec-Fetch-Site` and
 * `Origin`, must not contradict. Where no script asks (an image, a download, an EventSource, a WebSocket) nobody can send the header:
 * handlers that say so are content when `Origin` is one of the app's or, without one, `Sec-Fetch-Site` says same-origin. A request with an `Authorization` header does not speak for a session, and passes.
 */
@Injectable()
export class CsrfGuard implements CanActivate {
  private readonly origins: ReadonlySet<string>;

  constructor(
    @Inject(SESSION_OPTIONS) { origin, allowedOrigins }: SessionOptions,
    private readonly cookies: SessionCookies,
  ) {
    this.origins = new Set([origin, ...allowedOrigins]);
  }

  canActivate(context: ExecutionContext): boolean {
    const found = context.switchToHttp().getRequest<IncomingMessage & { raw?: IncomingMessage }>();
    const request = found.raw ?? found;
    if (request.headers.authorization === undefined && this.cookies.hasSession(request) && !isNavigation(context)) {
      if (!isOriginChecked(context) || !this.isOwn(request)) this.check(request);
    }
    (request as { [PASSED]?: true })[PASSED] = true;
    return true;
  }

  private isOwn({ headers }: IncomingMessage): boolean {
    const { origin } = headers;
    return origin === undefined ? headers['sec-fetch-site'] === 'same-origin' : this.origins.has(origin);
  }

  /** @throws ForbiddenException  if the request may be another site's doing */
  check({ headers }: IncomingMessage): void {
    if (headers['x-csrf'] !== '1') throw refusal('The header X-CSRF: 1 is missing.');
    const { origin } = headers;
    if (origin !== undefined && !this.origins.has(origin)) throw refusal('The request comes from another origin.');
    const site = headers['sec-fetch-site'];
    // With an origin that was just found on the list, a page of that origin may be of another site.
    if (site !== undefined && site !== 'same-origin' && origin === undefined) {
      throw refusal('The request comes from another site.');
    }
  }
}

function refusal(detail: string): ForbiddenException {
  return new ForbiddenException({ code: 'csrf', title: 'The request may be another site’s doing', detail });
}
