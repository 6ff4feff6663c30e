/**
 * As whom an upstream is called:
 * - `none`: as nobody;
 * - `user`: the caller's own access token is passed on;
 * - `service`: a token of the app itself, from its issuer (client credentials);
 * - `signed`: a JWT of one minute that the app signs, saying to this one upstream who the caller is.
 */
export const IDENTITY_KINDS = ['none', 'user', 'service', 'signed'] as const;

/** One of {@link IDENTITY_KINDS}. */
export type IdentityKind = (typeof IDENTITY_KINDS)[number];
