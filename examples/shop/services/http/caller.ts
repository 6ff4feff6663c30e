import { createRemoteJWKSet, jwtVerify } from 'jose';
import { Refusal } from './refusal.js';
import type { ServiceRequest } from './route.js';

/** Makes sure that a request speaks for a customer. */
export type CallerCheck = (request: ServiceRequest, customerId: string) => Promise<void>;

/**
 * What is personal is told to its customer alone: by the access token that the BFF passes on (`identity: 'user'`).
 * - `AUTH_ISSUER`, `AUTH_AUDIENCE`: whose tokens, and for whom. Without them everybody is believed: for trying out one service.
 * - `AUTH_JWKS_URI`: where this process reaches the issuer's keys, when not under its own name: in a container, say.
 * @throws Refusal  401 without a token that holds, 403 with another customer's
 */
export function callerCheck(env: NodeJS.ProcessEnv = process.env): CallerCheck {
  const { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = env;
  if (!issuer || !audience) return () => Promise.resolve();
  const keys = createRemoteJWKSet(new URL(env['AUTH_JWKS_URI'] || `${issuer}/jwks`));
  return async ({ headers }, customerId) => {
    const token = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) throw new Refusal(401, 'token-missing', 'This is told to its customer alone.');
    const { payload } = await jwtVerify(token, keys, { issuer, audience, typ: 'at+jwt', algorithms: ['RS256'] }).catch(
      () => {
        throw new Refusal(401, 'token-invalid', 'The token does not hold.');
      },
    );
    if (payload.sub !== customerId) throw new Refusal(403, 'another-customer', 'This is another customer’s.');
  };
}
