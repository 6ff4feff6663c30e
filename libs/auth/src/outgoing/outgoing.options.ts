import { z } from 'zod';
import { isSecure } from '../secure-url.js';

const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'is no scope');
const asked = {
  /** What the token is for. */
  scopes: z.array(scope).optional(),
  /** What else the issuer is told: `resource`, `audience`, … */
  parameters: z.record(z.string(), z.string()).optional(),
};

const service = z
  .strictObject({
    /** Who gives the app its tokens. From AUTH_ISSUER. */
    issuer: z.url({ protocol: /^https?$/, error: 'is an https URL' }),
    /** From SERVICE_CLIENT_ID, else OIDC_CLIENT_ID. */
    clientId: z.string().min(1),
    /** From SERVICE_CLIENT_SECRET, else OIDC_CLIENT_SECRET. */
    clientSecret: z.string().min(1),
    /** How the secret is shown to the issuer. */
    clientAuthentication: z.enum(['basic', 'post']).default('basic'),
    ...asked,
    /** By upstream, instead of `scopes` and `parameters`: it gets a token of its own. */
    upstreams: z.record(z.string(), z.strictObject(asked)).default({}),
    /** Milliseconds the issuer has for a token, discovery included. */
    timeoutMs: z.int().min(100).max(30_000).default(2_000),
    /** Milliseconds before its end at which a token is fetched anew; at most a fifth of its life. */
    refreshAheadMs: z.int().min(0).max(600_000).default(60_000),
    /** Lets the issuer be plain HTTP on another machine than this one: for closed networks only. */
    allowInsecureIssuer: z.boolean().default(false),
  })
  .refine(({ issuer, allowInsecureIssuer }) => allowInsecureIssuer || isSecure(issuer), {
    path: ['issuer'],
    message: 'is neither https nor on loopback (allowInsecureIssuer permits it)',
  });

/** The options of {@link OutgoingIdentityModule}. */
export const outgoingOptions = z.strictObject({
  /** What signed identities name as `iss`: where their keys are found. From SIGNING_ISSUER, else PUBLIC_ORIGIN. */
  issuer: z.string().min(1).optional(),
  /** Private keys, P-256 or Ed25519: PEM, JWK or JWK set, or the path of such a file. The first signs. From SIGNING_KEY. */
  signingKey: z.string().min(1).optional(),
  /** Seconds a signed identity holds. */
  lifetimeS: z.int().min(10).max(60).default(60),
  /** Where the app's own tokens come from. */
  service: service.optional(),
  /** Whether the app serves people. From NODE_ENV. */
  production: z.boolean().default(false),
});

/** What outgoing identity works with. */
export type OutgoingOptions = z.output<typeof outgoingOptions>;

/** How the app's own tokens are had. */
export type ServiceOptions = z.output<typeof service>;

/** The token under which {@link OutgoingOptions} are injected. */
export const OUTGOING_OPTIONS = Symbol('OutgoingOptions');
