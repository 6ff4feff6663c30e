import type { Provider } from 'oidc-provider';
import { customerById } from '../data/customers.js';
import { AUDIENCE, CLIENTS } from './settings.js';

/** The longest life of a developer's token, in seconds. */
const MAX_S = 3_600;

/**
 * A customer's access token without a login, as the mobile app would have it: for developers with curl, and for tests.
 * @param expiresIn  seconds
 * @returns the token, or undefined when there is no such customer
 */
export async function developerToken(
  provider: Provider,
  customerId: string,
  expiresIn = MAX_S,
): Promise<string | undefined> {
  if (!customerById(customerId)) return undefined;
  const client = (await provider.Client.find(CLIENTS.mobile))!;
  const grant = new provider.Grant({ accountId: customerId, clientId: client.clientId });
  const token = new provider.AccessToken({
    accountId: customerId,
    client,
    grantId: await grant.save(),
    scope: 'openid',
    gty: 'developer',
    expiresIn: Math.min(expiresIn, MAX_S),
  });
  token.resourceServer = new provider.ResourceServer(AUDIENCE, {
    audience: AUDIENCE,
    scope: 'openid',
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'RS256' } },
  });
  token.extra = { tier: customerById(customerId)!.tier };
  return token.save();
}
