import type { IncomingMessage } from 'node:http';
import {
  BadRequestException,
  type ExecutionContext,
  ForbiddenException,
  HttpException,
  Inject,
  Injectable,
  Optional,
  ServiceUnavailableException,
  type Type,
  UnauthorizedException,
} from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { Credentials, type Principal } from 'guichet/kernel';
import { contextOf } from 'guichet/observability';
import { type AccessRule, accessRuleOf } from './access.decorators.js';
import { BEARER_OPTIONS, type BearerOptions } from './auth.options.js';
import { type BearerToken, bearerTokenOf } from './bearer/bearer-token.js';
import { CachingVerifier } from './bearer/caching.verifier.js';
import { KeysUnavailable } from './bearer/token-rejected.js';
import { isNavigation, passedCsrf } from './csrf/csrf.guard.js';
import { Sessions, type Visitor } from './session/sessions.js';
import { skipsIdentity } from './skip-identity.js';

/**
 * Room 3: tells who asks, and whether they may. A passport guard to Nest; a token that was verified lately is recognised
 * without a promise, and so is a session in memory. Without credentials only `@Public()` handlers answer; a bad token is refused there too.
 *
 * A request with both a token and a session cookie is its token's: a program put the token there on purpose, while browsers add
 * cookies to whatever they are made to send. A bad token never falls back to the cookie.
 */
@Injectable()
export class IdentityGuard extends AuthGuard('bearer') {
  @Inject(CachingVerifier) private readonly verifier!: CachingVerifier;
  @Inject(BEARER_OPTIONS) private readonly settings!: BearerOptions;
  @Optional() @Inject(Sessions) private readonly sessions?: Sessions;
  private readonly rules = new Map<Type, Map<Function, Rule>>();

  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const rule = this.ruleOf(context);
    if (rule.skipsIdentity) return true;
    const request = rawRequestOf(context);
    const credentials = bearerTokenOf(request);
    if (credentials.kind === 'none') return this.canVisit(context, request, rule);
    const known = credentials.kind === 'token' ? this.verifier.recall(credentials.token) : undefined;
    if (known) return this.admit(context, request, rule, known.principal, tokenOf(credentials));
    return (super.canActivate(context) as Promise<boolean>).then(() =>
      this.admit(
        context,
        request,
        rule,
        context.switchToHttp().getRequest<{ user: Principal }>().user,
        tokenOf(credentials),
      ),
    );
  }

  /** Passport's verdict: who it is, or the exception that says why not. */
  override handleRequest<T>(
    error: unknown,
    principal: T,
    info: unknown,
    context: ExecutionContext,
    status?: unknown,
  ): T {
    if (error instanceof KeysUnavailable)
      throw new ServiceUnavailableException('Identity cannot be checked at the moment.');
    if (error) throw error as Error;
    if (principal) return principal;
    const refusal =
      status === 400
        ? new BadRequestException('Malformed credentials.')
        : new UnauthorizedException('The token is not valid.');
    throw challenge(context, refusal, typeof info === 'string' ? info : 'Bearer error="invalid_token"');
  }

  /** Without a token: by the session, if there is one. */
  private canVisit(context: ExecutionContext, request: IncomingMessage, rule: Rule): boolean | Promise<boolean> {
    const visitor = rule.isNavigation ? undefined : this.sessions?.visitorOf(request);
    const decide = (found: Visitor | undefined): boolean => {
      if (found) {
        // Not the client's fault: the app lists this guard without the one that must stand before it.
        if (!passedCsrf(request)) throw new Error('CsrfGuard must stand before IdentityGuard where there are sessions');
        return this.admit(context, request, rule, found.principal, found.credentials);
      }
      if (rule.isPublic) return true;
      throw challenge(context, new UnauthorizedException('No credentials.'), 'Bearer');
    };
    return visitor instanceof Promise ? visitor.then(decide) : decide(visitor);
  }

  private admit(
    context: ExecutionContext,
    request: IncomingMessage,
    rule: Rule,
    principal: Principal,
    credentials: Credentials | undefined,
  ): boolean {
    const { claims } = principal;
    if (rule.scopes.length > 0) {
      const granted = words(claims['scope'] ?? claims['scp']);
      if (!rule.scopes.every(scope => granted.includes(scope))) {
        const needed = `Bearer error="insufficient_scope", scope="${rule.scopes.join(' ')}"`;
        throw challenge(context, new ForbiddenException('The token lacks a scope.'), needed);
      }
    }
    if (rule.roles.length > 0) {
      const held = words(claims[this.settings.rolesClaim]);
      if (!rule.roles.some(role => held.includes(role))) throw new ForbiddenException('A role is missing.');
    }
    const known = contextOf(request);
    if (known) {
      known.principal = principal;
      known.credentials = credentials;
    }
    context.switchToHttp().getRequest<{ user: Principal }>().user = principal;
    return true;
  }

  private ruleOf(context: ExecutionContext): Rule {
    const controller = context.getClass();
    const handler = context.getHandler();
    let handlers = this.rules.get(controller);
    if (!handlers) this.rules.set(controller, (handlers = new Map()));
    let rule = handlers.get(handler);
    if (!rule) {
      rule = {
        ...accessRuleOf(controller, handler),
        isNavigation: isNavigation(context),
        skipsIdentity: skipsIdentity(context),
      };
      handlers.set(handler, rule);
    }
    return rule;
  }
}

interface Rule extends AccessRule {
  readonly isNavigation: boolean;
  readonly skipsIdentity: boolean;
}

function tokenOf(found: BearerToken): Credentials | undefined {
  return found.kind === 'token' ? new Credentials(found.token) : undefined;
}

function rawRequestOf(context: ExecutionContext): IncomingMessage {
  const request = context.switchToHttp().getRequest<IncomingMessage & { raw?: IncomingMessage }>();
  return request.raw ?? request;
}

/** Says on the answer how to ask (RFC 6750 §3), and hands the exception back. */
function challenge(context: ExecutionContext, refusal: HttpException, scheme: string): HttpException {
  const reply = context
    .switchToHttp()
    .getResponse<{ header?(name: string, value: string): unknown; setHeader?(name: string, value: string): unknown }>();
  if (reply.header) reply.header('WWW-Authenticate', scheme);
  else reply.setHeader?.('WWW-Authenticate', scheme);
  return refusal;
}

function words(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ');
  return Array.isArray(claim) ? claim.filter(word => typeof word === 'string') : [];
}
