import type { Clock } from 'guichet/kernel';
import * as oidc from 'openid-client';
import type { ServiceOptions } from './outgoing.options.js';
import type { FetchedToken } from './service-tokens.js';

const METADATA_MAX_AGE_MS = 3_600_000;

/** Fetches tokens for the app itself by the client credentials grant (RFC 6749, 4.4), through `openid-client`. */
export class ClientCredentials {
  private configuration: Promise<oidc.Configuration> | undefined;
  private discoveredAt = 0;

  constructor(
    private readonly options: ServiceOptions,
    private readonly clock: Clock,
  ) {}

  /**
   * Asks for a token.
   * @throws Error  whose message says what went wrong, without anything secret; at the latest after `timeoutMs`
   */
  async fetch(parameters: Readonly<Record<string, string>>): Promise<FetchedToken> {
    let timer: { clear(): void } | undefined;
    const late = new Promise<never>((_, reject) => {
      const { timeoutMs } = this.options;
      timer = this.clock.setTimer(() => reject(new Error(`the issuer took longer than ${timeoutMs} ms`)), timeoutMs);
    });
    try {
      return await Promise.race([this.ask(parameters).catch(withoutDetails), late]);
    } finally {
      timer?.clear();
    }
  }

  private async ask(parameters: Readonly<Record<string, string>>): Promise<FetchedToken> {
    const answer = await oidc.clientCredentialsGrant(await this.configured(), { ...parameters });
    if (answer.token_type !== 'bearer') throw new Error('the issuer gave a token that is no bearer token');
    const expiresInS = answer.expiresIn();
    return { token: answer.access_token, expiresInMs: expiresInS === undefined ? undefined : expiresInS * 1_000 };
  }

  private configured(): Promise<oidc.Configuration> {
    const now = this.clock.now();
    if (this.configuration && now - this.discoveredAt < METADATA_MAX_AGE_MS) return this.configuration;
    const known = this.configuration;
    this.discoveredAt = now;
    const asked = this.discover().catch((error: unknown) => {
      this.configuration = known;
      if (known) return known;
      throw error;
    });
    return (this.configuration = asked);
  }

  private discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret, clientAuthentication, timeoutMs } = this.options;
    const authentication = clientAuthentication === 'basic' ? oidc.ClientSecretBasic() : oidc.ClientSecretPost();
    return oidc.discovery(new URL(issuer), clientId, { client_secret: clientSecret }, authentication, {
      timeout: timeoutMs / 1_000,
      // The options let plain HTTP pass on loopback alone, or where that was said.
      execute: issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : [],
    });
  }
}

/** What an error says, without its cause, which may hold the whole answer. */
function withoutDetails(error: Error): never {
  throw new Error(error instanceof oidc.ResponseBodyError ? `the issuer said ${error.error}` : error.message);
}
