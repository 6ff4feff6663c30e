/**
 * What an app of the framework is told in the bench beside its ports and upstreams: an issuer that is never asked, because nobody logs in,
 * and limits that are counted and never reached.
 */
export const guichetEnv = {
  HOST: '127.0.0.1',
  DISCOVERY: 'static',
  ALLOWED_HOSTS: '127.0.0.1',
  AUTH_ISSUER: 'http://127.0.0.1:1',
  AUTH_AUDIENCE: 'urn:bench',
  OIDC_CLIENT_ID: 'bench',
  OIDC_CLIENT_SECRET: 'bench',
  PUBLIC_ORIGIN: 'https://bench.example',
  SESSION_STORE: 'memory',
  THROTTLE_LIMITS: 'address=1000000000/1000,principal=1000000000/1000',
};
