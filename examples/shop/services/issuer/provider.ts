import { type ClientMetadata, type Configuration, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { customerById } from '../data/customers.js';
import { signingKey } from './keys.js';
import { AUDIENCE, CLIENTS, type IssuerSettings } from './settings.js';

/** Seconds. */
const DAY_S = 86_400;

/**
 * The example's issuer of identities: OpenID Connect, customers of the store as its people. Access tokens are JWTs
 * (RFC 9068) for the BFFs, with the customer's tier.
 * @param issuer  its own URL, the `iss` of what it issues
 */
export function exampleProvider(issuer: string, settings: IssuerSettings): Provider {
  return new Provider(issuer, configuration(settings));
}

function configuration(settings: IssuerSettings): Configuration {
  return {
    clients: clients(settings),
    jwks: { keys: [signingKey()] },
    cookies: { keys: [crypto.randomUUID()] },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: logOutAtOnce },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          audience: AUDIENCE,
          scope: '',
          accessTokenFormat: 'jwt',
          accessTokenTTL: settings.accessTokenS,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    pkce: { required: () => true },
    // Its own refuses this machine's addresses, where the BFF is.
    fetch: (url, options) => {
      const { dispatcher: _, ...rest } = options as RequestInit & { dispatcher?: unknown };
      return fetch(url, rest);
    },
    claims: { openid: ['sub', 'sid'], profile: ['name', 'tier'] },
    conformIdTokenClaims: false,
    extraTokenClaims: (_, token) => ('accountId' in token ? { tier: customerById(token.accountId)?.tier } : undefined),
    issueRefreshToken: () => Promise.resolve(true),
    rotateRefreshToken: true,
    findAccount: (_, id) => {
      const customer = customerById(id);
      return customer && { accountId: id, claims: () => ({ sub: id, name: customer.name, tier: customer.tier }) };
    },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    // Nobody is asked for consent: the store is the issuer's own.
    loadExistingGrant: grantAll,
    ttl: {
      AccessToken: settings.accessTokenS,
      RefreshToken: DAY_S,
      Session: DAY_S,
      Grant: DAY_S,
      Interaction: 600,
      IdToken: 300,
    },
  };
}

function clients({ webOrigins, webBackchannel, webSecret }: IssuerSettings): ClientMetadata[] {
  return [
    {
      client_id: CLIENTS.web,
      client_secret: webSecret,
      redirect_uris: webOrigins.map(origin => `${origin}/bff/callback`),
      post_logout_redirect_uris: webOrigins.map(origin => `${origin}/`),
      grant_types: ['authorization_code', 'refresh_token'],
      ...(webBackchannel && { backchannel_logout_uri: webBackchannel, backchannel_logout_session_required: true }),
    },
    {
      client_id: CLIENTS.mobile,
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['shop.example.mobile:/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
    },
  ];
}

async function grantAll({ oidc }: KoaContextWithOIDC) {
  const { provider, client, session, params } = oidc;
  const grant = new provider.Grant({ accountId: session!.accountId!, clientId: client!.clientId });
  grant.addOIDCScope(typeof params?.['scope'] === 'string' ? params['scope'] : 'openid');
  await grant.save();
  return grant;
}

/** The store's own logout link was the question; asking once more would be one too many. */
function logOutAtOnce(context: KoaContextWithOIDC, form: string): void {
  context.set('content-security-policy', "default-src 'none'; script-src 'unsafe-inline'; form-action *");
  context.body = `<!doctype html><title>Logging out</title>${form.replace('</form>', '<input type="hidden" name="logout" value="yes"/></form>')}
<script>document.forms[0].submit()</script>`;
}
