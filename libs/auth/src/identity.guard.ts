import type { IncomingMessage } from 'node:http';
import {
  BadRequestException,
  type ExecutionContext,
  ForbiddenException,
  HttpException,
  Inject,
  Injectable,
  ServiceUnavailableException,
  type Type,
  UnauthorizedException,
} from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { Principal } from 'guichet/kernel';
import { contextOf } from 'guichet/observability';
import { type AccessRule, accessRuleOf } from './access.decorators.js';
import { BEARER_OPTIONS, type BearerOptions } from './auth.options.js';
import { bearerTokenOf } from './bearer/bearer-token.js';
import { CachingVerifier } from './bearer/caching.verifier.js';
import { KeysUnavailable } from './bearer/token-rejected.js';

/**
 * Room 3: tells who asks, and whether they may. A passport guard to Nest; a token that was verified lately is recognised
 * without a promise. Without credentials only `@Public()` handlers answer; bad ones are refused there too.
 */
@Injectable()
export class IdentityGuard extends AuthGuard('bearer') {
  @Inject(CachingVerifier) private readonly verifier!: CachingVerifier;
  @Inject(BEARER_OPTIONS) private readonly settings!: BearerOptions;
  private readonly rules = new Map<Type, Map<Function, AccessRule>>();

  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const rule = this.ruleOf(context.getClass(), context.getHandler());
    const request = rawRequestOf(context);
    const credentials = bearerTokenOf(request);
    if (credentials.kind === 'none') {
      if (rule.isPublic) return true;
      throw challenge(context, new UnauthorizedException('No credentials.'), 'Bearer');
    }
    const known = credentials.kind === 'token' ? this.verifier.recall(credentials.token) : undefined;
    if (known) return this.admit(context, request, rule, known.principal);
    return (super.canActivate(context) as Promise<boolean>).then(() =>
      this.admit(context, request, rule, context.switchToHttp().getRequest<{ user: Principal }>().user),
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

  private admit(context: ExecutionContext, request: IncomingMessage, rule: AccessRule, principal: Principal): boolean {
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
    if (known) known.principal = principal;
    context.switchToHttp().getRequest<{ user: Principal }>().user = principal;
    return true;
  }

  private ruleOf(controller: Type, handler: Function): AccessRule {
    let handlers = this.rules.get(controller);
    if (!handlers) this.rules.set(controller, (handlers = new Map()));
    let rule = handlers.get(handler);
    if (!rule) handlers.set(handler, (rule = accessRuleOf(controller, handler)));
    return rule;
  }
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
