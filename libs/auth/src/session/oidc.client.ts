import { Inject, Injectable, Optional } from '@nestjs/common';
import { Clock, systemClock } from 'guichet/kernel';
import * as oidc from 'openid-client';
import type { LoginTransaction, Session, SessionTokens } from './session.js';
import { SESSION_OPTIONS, type SessionOptions } from './session.options.js';

/** The issuer said no, and will say it again: a wrong code, state or nonce, a refresh token that is void. */
export class GrantRejected extends Error {
  override readonly name = 'GrantRejected';
}

/** Where the issuer sends the browser back to. */
export const CALLBACK_PATH = '/bff/callback';
const METADATA_MAX_AGE_MS = 3_600_000;

/**
 * Speaks with the issuer as a confidential client, by `openid-client`.
 * Every method throws {@link GrantRejected} where the issuer says no, and any other error where it does not say.
 */
@Injectable()
export class OidcClient {
  private configuration: Promise<oidc.Configuration> | undefined;
  private discoveredAt = 0;
  private readonly clock: Clock;

  constructor(
    @Inject(SESSION_OPTIONS) private readonly options: SessionOptions,
    @Optional() @Inject(Clock) clock?: Clock,
  ) {
    this.clock = clock ?? systemClock;
  }

  /** @returns what a login must remember */
  newLogin(returnUrl: string, replaces: string | undefined): LoginTransaction {
    return {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      codeVerifier: oidc.randomPKCECodeVerifier(),
      returnUrl,
      replaces,
    };
  }

  /** @returns where the browser goes to log in */
  async loginUrl({ state, nonce, codeVerifier }: LoginTransaction): Promise<string> {
    const { origin, scopes, authorizationParameters } = this.options;
    const url = oidc.buildAuthorizationUrl(await this.configured(), {
      ...authorizationParameters,
      redirect_uri: origin + CALLBACK_PATH,
      scope: scopes.join(' '),
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    });
    return url.href;
  }

  /**
   * Ends a login: code for tokens.
   * @param query  of the callback, as it came, with its `?`
   */
  async redeem(query: string, { state, nonce, codeVerifier }: LoginTransaction): Promise<Session> {
    const configuration = await this.configured();
    return this.ask(async () => {
      const answer = await oidc.authorizationCodeGrant(
        configuration,
        new URL(CALLBACK_PATH + query, this.options.origin),
        { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier, idTokenExpected: true },
      );
      const claims = answer.claims()!;
      const more = this.options.asksUserInfo
        ? await oidc.fetchUserInfo(configuration, answer.access_token, claims.sub)
        : {};
      return {
        issuer: claims.iss,
        subject: claims.sub,
        sid: typeof claims['sid'] === 'string' ? claims['sid'] : undefined,
        claims: { ...more, ...claims, scope: answer.scope ?? this.options.scopes.join(' ') },
        tokens: this.tokensOf(answer, answer.id_token!),
      };
    }, isRejection);
  }

  /** Trades a session's refresh token for new tokens. */
  async refresh(session: Session): Promise<Session> {
    const configuration = await this.configured();
    return this.ask(async () => {
      const { refreshToken, idToken } = session.tokens;
      const answer = await oidc.refreshTokenGrant(configuration, refreshToken!);
      const claims = answer.claims();
      // OpenID Connect Core 12.2: a new ID token speaks of the same subject.
      if (claims && (claims.sub !== session.subject || claims.iss !== session.issuer)) {
        throw new GrantRejected('the refreshed ID token speaks of another subject');
      }
      const tokens = this.tokensOf(answer, answer.id_token ?? idToken);
      return {
        ...session,
        claims: { ...session.claims, ...claims, ...(answer.scope !== undefined && { scope: answer.scope }) },
        tokens: { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken },
      };
    }, isInvalidGrant);
  }

  /** @returns where the browser goes to log out at the issuer, or undefined where that cannot be had now */
  async logoutUrl(session: Session): Promise<string | undefined> {
    try {
      const configuration = await this.configured();
      if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
      return oidc.buildEndSessionUrl(configuration, {
        id_token_hint: session.tokens.idToken,
        post_logout_redirect_uri: this.options.origin + this.options.postLogoutPath,
      }).href;
    } catch {
      return undefined;
    }
  }

  /** Voids a session's refresh token at the issuer, as well as that can be done: never rejects. */
  async revoke({ tokens: { refreshToken } }: Session): Promise<void> {
    try {
      const configuration = await this.configured();
      if (refreshToken === undefined || configuration.serverMetadata().revocation_endpoint === undefined) return;
      await oidc.tokenRevocation(configuration, refreshToken, { token_type_hint: 'refresh_token' });
    } catch {
      // The session is gone here in any case.
    }
  }

  private tokensOf(
    answer: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
    idToken: string,
  ): SessionTokens {
    const expiresInS = answer.expiresIn();
    return {
      accessToken: answer.access_token,
      accessExpiresAtEpochMs: expiresInS === undefined ? undefined : this.clock.epochMs() + expiresInS * 1_000,
      refreshToken: answer.refresh_token,
      idToken,
    };
  }

  private async ask<T>(run: () => Promise<T>, isFinal: (error: unknown) => boolean): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw isFinal(error) ? new GrantRejected((error as Error).message, { cause: error }) : error;
    }
  }

  /** The issuer's metadata: asked for once, again after an hour or a failure. */
  private configured(): Promise<oidc.Configuration> {
    const now = this.clock.now();
    if (this.configuration && now - this.discoveredAt < METADATA_MAX_AGE_MS) return this.configuration;
    const known = this.configuration;
    this.discoveredAt = now;
    const asked = this.discover().catch((error: unknown) => {
      // What was known an hour ago is better than nothing.
      this.configuration = known;
      if (known) return known;
      throw error;
    });
    return (this.configuration = asked);
  }

  private discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret, clientAuthentication, idTokenAlgorithm, issuerTimeoutMs } = this.options;
    const metadata = { client_secret: clientSecret, id_token_signed_response_alg: idTokenAlgorithm };
    const authentication = clientAuthentication === 'basic' ? oidc.ClientSecretBasic() : oidc.ClientSecretPost();
    return oidc.discovery(new URL(issuer), clientId, metadata, authentication, {
      timeout: issuerTimeoutMs / 1_000,
      // The options let plain HTTP pass on loopback alone, or where that was said.
      execute: [oidc.enableNonRepudiationChecks, ...(issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : [])],
    });
  }
}

/** Whether the grant itself is void. A malformed answer is an unwell issuer's, and costs nobody the session. */
function isInvalidGrant(error: unknown): boolean {
  return error instanceof oidc.ResponseBodyError && error.error === 'invalid_grant';
}

/** Whether an error is the word of the issuer or of the checks, and not that of a network or of a server that is unwell. */
function isRejection(error: unknown): boolean {
  if (error instanceof oidc.AuthorizationResponseError || isInvalidGrant(error)) return true;
  return error instanceof oidc.ClientError && /^OAUTH_(?:INVALID_RESPONSE|JWT_|KEY_SELECTION)/.test(error.code ?? '');
}
