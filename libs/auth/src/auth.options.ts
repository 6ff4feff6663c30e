import { z } from 'zod';
import { isSecure } from './secure-url.js';

const ASYMMETRIC = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;

/** The bearer side's options. */
export const bearerOptions = z
  .strictObject({
    /** Who issues the tokens: the exact `iss`. From AUTH_ISSUER. */
    issuer: z.url({ protocol: /^https?$/, error: 'is an https URL' }),
    /** Whom the tokens are for: one of `aud`. From AUTH_AUDIENCE. */
    audience: z.string().min(1),
    /** The issuer's JWK set; discovered from the issuer where it is left out. From AUTH_JWKS_URI. */
    jwksUri: z.url({ protocol: /^https?$/, error: 'is an https URL' }).optional(),
    /** A secret of at least 32 bytes, base64, shared with the issuer, for HS256 instead of a JWK set. */
    hmacSecret: z.base64().optional(),
    /** The algorithms accepted from a JWK set. */
    algorithms: z.array(z.enum(ASYMMETRIC)).min(1).default(['RS256', 'PS256', 'ES256', 'EdDSA']),
    /** Seconds by which the issuer's clock may differ. */
    clockToleranceS: z.int().min(0).max(300).default(5),
    /** Bytes a token has at the most. */
    maxTokenBytes: z.int().min(256).max(65_536).default(8_192),
    /** Milliseconds between two fetches of the JWK set at the least. */
    jwksCooldownMs: z.int().min(1_000).max(600_000).default(30_000),
    /** Milliseconds after which the JWK set is fetched again. */
    jwksMaxAgeMs: z.int().min(10_000).max(86_400_000).default(600_000),
    /** Lets the issuer be plain HTTP on another machine than this one: for closed networks only. */
    allowInsecureIssuer: z.boolean().default(false),
    /** The claim that lists roles, for `@Roles()`. */
    rolesClaim: z.string().min(1).default('roles'),
  })
  .superRefine((options, context) => {
    if (options.jwksUri !== undefined && options.hmacSecret !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['hmacSecret'],
        message: 'stands beside jwksUri: a public key could then be taken for a secret',
      });
    }
    if (options.hmacSecret !== undefined && Buffer.from(options.hmacSecret, 'base64').byteLength < 32) {
      context.addIssue({ code: 'custom', path: ['hmacSecret'], message: 'is shorter than 32 bytes' });
    }
    for (const name of ['issuer', 'jwksUri'] as const) {
      const url = options[name];
      if (url !== undefined && !options.allowInsecureIssuer && !isSecure(url)) {
        context.addIssue({
          code: 'custom',
          path: [name],
          message: 'is neither https nor on loopback (allowInsecureIssuer permits it)',
        });
      }
    }
  });

/** What the bearer side works with. */
export type BearerOptions = z.output<typeof bearerOptions>;

/** The token under which {@link BearerOptions} are injected. */
export const BEARER_OPTIONS = Symbol('BearerOptions');
