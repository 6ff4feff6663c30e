import type { IncomingMessage } from 'node:http';
import {
  BadRequestException,
  Body,
  Controller,
  ForbiddenException,
  Get,
  Header,
  HttpCode,
  Inject,
  Logger,
  Optional,
  Post,
  Query,
  Redirect,
  Req,
  Res,
  ServiceUnavailableException,
  UnauthorizedException,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { KeysUnavailable, TokenRejected } from '../bearer/token-rejected.js';
import { CsrfGuard, Navigation } from '../csrf/csrf.guard.js';
import { SessionMetrics } from '../metrics/session-metrics.js';
import { SkipIdentity } from '../skip-identity.js';
import { type AnyResponse, LOGIN_LIFE_S, SessionCookies } from './cookies.js';
import { LoginFailed } from './login-failed.js';
import { LOGOUT_TOKEN_LIFE_S, LogoutTokenVerifier } from './logout-token.verifier.js';
import { GrantRejected, OidcClient } from './oidc.client.js';
import { localReturnUrl } from './return-url.js';
import type { Session } from './session.js';
import { isLogoutToken, logoutToken, newId } from './session-id.js';
import { SessionStore } from './session-store.js';
import { SESSION_OPTIONS, type SessionOptions } from './session.options.js';
import { Sessions } from './sessions.js';
import { SessionsUnavailable } from './sessions-unavailable.js';

/** What `/bff/user` answers. */
export interface BffUser {
  /** The ID token's claims, without those that only the protocol needs. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Where the browser goes to log out: a navigation, not a call. */
  readonly logoutUrl: string;
  /** Seconds until the session ends if nobody comes. */
  readonly secondsLeft: number;
}

interface Redirection {
  readonly url: string;
  readonly statusCode: number;
}

type AnyRequest = IncomingMessage & { raw?: IncomingMessage };
/** Claims of the protocol between issuer and app. */
const PROTOCOL_CLAIMS = ['nonce', 'at_hash', 'c_hash', 's_hash', 'aud', 'azp', 'exp', 'iat', 'nbf', 'jti', 'sid'];

/** The session's doors: login, its callback, who is here, logout, and the issuer's own logout. */
@SkipIdentity()
@ApiExcludeController()
@Controller({ path: 'bff', version: VERSION_NEUTRAL })
export class BffController {
  private readonly log = new Logger('Session');

  constructor(
    @Inject(SESSION_OPTIONS) private readonly options: SessionOptions,
    private readonly issuer: OidcClient,
    private readonly store: SessionStore,
    private readonly sessions: Sessions,
    private readonly cookies: SessionCookies,
    private readonly logoutTokens: LogoutTokenVerifier,
    @Optional() @Inject(SessionMetrics) private readonly metrics?: SessionMetrics,
  ) {}

  /** Sends the browser to the issuer. */
  @Navigation()
  @Get('login')
  @Redirect()
  @Header('Cache-Control', 'no-store')
  async login(
    @Query('returnUrl') returnUrl: unknown,
    @Req() request: AnyRequest,
    @Res({ passthrough: true }) response: AnyResponse,
  ): Promise<Redirection> {
    const path = localReturnUrl(returnUrl, this.options.origin);
    if (path === undefined) throw new BadRequestException('returnUrl is no path of this app.');
    return this.noting(async () => {
      const id = newId();
      const login = this.issuer.newLogin(path, this.cookies.sessionId(request.raw ?? request));
      const url = await this.issuer.loginUrl(login).catch(unavailable);
      await this.store.putLogin(id, login, LOGIN_LIFE_S * 1_000);
      this.cookies.setLogin(response, id);
      this.metrics?.loginsBegun.increment();
      return { url, statusCode: 302 };
    });
  }

  /** Where the issuer sends the browser back to: a login's end, once. */
  @Navigation()
  @Get('callback')
  @Redirect()
  @Header('Cache-Control', 'no-store')
  @Header('Referrer-Policy', 'no-referrer')
  async callback(@Req() request: AnyRequest, @Res({ passthrough: true }) response: AnyResponse): Promise<Redirection> {
    return this.noting(async () => {
      const url = await this.complete(request.raw ?? request, response);
      this.metrics?.loginsCompleted.increment();
      return { url, statusCode: 302 };
    });
  }

  /** @returns where the browser wanted to go */
  private async complete(raw: IncomingMessage, response: AnyResponse): Promise<string> {
    const loginId = this.cookies.loginId(raw);
    const login = loginId === undefined ? undefined : await this.store.takeLogin(loginId);
    this.cookies.clearLogin(response);
    if (!login) throw new LoginFailed('not-begun', 'The login was begun elsewhere, is over, or took too long.');
    const at = raw.url!.indexOf('?');
    let session: Session;
    try {
      session = await this.issuer.redeem(at === -1 ? '' : raw.url!.slice(at), login);
    } catch (error) {
      if (!(error instanceof GrantRejected)) return unavailable(error);
      this.log.warn(`a login failed: ${error.message}`);
      throw new LoginFailed('rejected', 'The issuer did not confirm the login.');
    }
    this.cookies.setSession(response, await this.sessions.begin(session, login.replaces));
    return login.returnUrl;
  }

  /** Counts what a step of a login fails with. */
  private async noting<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      this.metrics?.loginFailed(error);
      throw error;
    }
  }

  /** Who is logged in. `?slide=false` looks without being a visit. */
  @UseGuards(CsrfGuard)
  @Get('user')
  @Header('Cache-Control', 'no-store')
  async user(@Query('slide') slide: unknown, @Req() request: AnyRequest): Promise<BffUser> {
    const id = this.cookies.sessionId(request.raw ?? request);
    const stored = id === undefined ? undefined : await this.store.read(id, slide !== 'false');
    if (id === undefined || !stored) throw new UnauthorizedException('Nobody is logged in.');
    const shown = Object.entries(stored.session.claims).filter(([name]) => !PROTOCOL_CLAIMS.includes(name));
    return {
      claims: Object.fromEntries(shown),
      logoutUrl: `/bff/logout?token=${logoutToken(id)}`,
      secondsLeft: Math.floor(stored.leftMs / 1_000),
    };
  }

  /** Ends the session here, then at the issuer. The URL's token shows that a page of this app made it. */
  @Navigation()
  @Get('logout')
  @Redirect()
  @Header('Cache-Control', 'no-store')
  async logout(
    @Query('token') token: unknown,
    @Req() request: AnyRequest,
    @Res({ passthrough: true }) response: AnyResponse,
  ): Promise<Redirection> {
    const id = this.cookies.sessionId(request.raw ?? request);
    const stored = id === undefined ? undefined : await this.store.read(id, false);
    if (id === undefined || !stored) return { url: this.options.postLogoutPath, statusCode: 302 };
    if (!isLogoutToken(token, id)) {
      throw new ForbiddenException({ code: 'csrf', title: 'The logout was not asked for by this app' });
    }
    await this.store.end(id);
    this.metrics?.logouts.user.increment();
    this.cookies.clearSession(response);
    void this.issuer.revoke(stored.session);
    return { url: (await this.issuer.logoutUrl(stored.session)) ?? this.options.postLogoutPath, statusCode: 302 };
  }

  /** The issuer ends sessions (OpenID Connect Back-Channel Logout 1.0). */
  @Navigation()
  @Post('backchannel')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async backchannel(@Body() body: unknown): Promise<void> {
    const token = (body as Record<string, unknown> | null | undefined)?.['logout_token'];
    const { backchannel, logouts } = this.metrics ?? {};
    if (typeof token !== 'string') {
      backchannel?.rejected.increment();
      throw new BadRequestException('There is no logout_token.');
    }
    try {
      const { sessions, jti } = await this.logoutTokens.verify(token);
      const isFirst = await this.store.once(`${sessions.issuer}\n${jti}`, LOGOUT_TOKEN_LIFE_S * 2_000);
      if (!isFirst) throw new TokenRejected('claims', 'came before');
      const ended = await this.store.endAll(sessions);
      backchannel?.accepted.increment();
      logouts?.issuer.add(ended);
      this.log.log(`the issuer ended ${ended} session(s)`);
    } catch (error) {
      if (error instanceof KeysUnavailable || error instanceof SessionsUnavailable)
        backchannel?.unavailable.increment();
      if (error instanceof KeysUnavailable) return unavailable(error);
      if (!(error instanceof TokenRejected)) throw error;
      backchannel?.rejected.increment();
      this.log.warn(`a logout token was refused: ${error.message}`);
      throw new BadRequestException('The logout_token is not valid.');
    }
  }
}

function unavailable(error: unknown): never {
  throw error instanceof SessionsUnavailable
    ? error
    : new ServiceUnavailableException('The issuer cannot be reached at the moment.', { cause: error });
}
