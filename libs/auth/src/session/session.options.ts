import { z } from 'zod';
import { isLoopback, isSecure } from '../secure-url.js';

const HOST_PREFIX = '__Host-';
const SECURE_PREFIX = '__Secure-';
/** What the login itself says to the issuer: options may not. */
const OWN_PARAMETERS = [
  'client_id',
  'client_secret',
  'response_type',
  'response_mode',
  'redirect_uri',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'request',
  'request_uri',
];

/** Checks go on after a URL that is none: it has no origin then. */
const originOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).origin : undefined);

const httpUrl = z.url({ protocol: /^https?$/, error: 'is an https URL' });
const origin = httpUrl.refine(url => originOf(url) === url, 'is no origin alone: scheme, host and port');

const cookie = z.strictObject({
  /** The session cookie's name; the login's has `-login` after it. Under `insecureLocalhost` a prefix is taken off. */
  name: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'is letters, digits, _ and -')
    .default('__Host-guichet'),
  path: z.string().regex(/^\//, 'begins with /').default('/'),
  /** Shares the cookie with subdomains: every one of them can then set it. */
  domain: z.string().min(1).optional(),
  sameSite: z.enum(['strict', 'lax']).default('strict'),
});

/** The options of {@link SessionModule}. */
export const sessionOptions = z
  .strictObject({
    /** Who logs people in: the exact `iss`. From AUTH_ISSUER. */
    issuer: httpUrl,
    /** From OIDC_CLIENT_ID. */
    clientId: z.string().min(1),
    /** From OIDC_CLIENT_SECRET. */
    clientSecret: z.string().min(1),
    /** How the secret is shown to the issuer. */
    clientAuthentication: z.enum(['basic', 'post']).default('basic'),
    /** Where browsers see the app, `https://shop.example`: the issuer sends them back there. From PUBLIC_ORIGIN. */
    origin,
    /** What is asked for; `offline_access` for a refresh token. */
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/))
      .default(['openid', 'profile', 'offline_access'])
      .refine(scopes => scopes.includes('openid'), "holds 'openid'"),
    /** What else the issuer is told at login: `resource`, `audience`, `prompt`, `acr_values`, … */
    authorizationParameters: z.record(z.string(), z.string()).default({}),
    idTokenAlgorithm: z.enum(['RS256', 'PS256', 'ES256', 'EdDSA']).default('RS256'),
    /** Whether the issuer's user info is asked at login, for claims that the ID token lacks. */
    asksUserInfo: z.boolean().default(false),
    cookie: cookie.prefault({}),
    /** Origins besides the app's own whose pages may call it with the session. */
    allowedOrigins: z.array(origin).default([]),
    /** Milliseconds without a request after which a session ends. */
    idleMs: z.int().min(60_000).max(2_592_000_000).default(1_800_000),
    /** Milliseconds after which it ends in any case. */
    absoluteMs: z.int().min(60_000).max(7_776_000_000).default(43_200_000),
    /** Milliseconds before its end at which an access token is refreshed. */
    refreshAheadMs: z.int().min(0).max(600_000).default(30_000),
    /** Milliseconds the issuer has to answer. */
    issuerTimeoutMs: z.int().min(100).max(30_000).default(3_000),
    /** Where sessions live; `redis` where there is a `redisUrl`. In production, `memory` must be said. From SESSION_STORE. */
    store: z.enum(['memory', 'redis']).optional(),
    /** `redis://…`. From REDIS_URL. */
    redisUrl: z
      .string()
      .regex(/^rediss?:\/\//, 'is a URL that begins with redis:// or rediss://')
      .optional(),
    /** Milliseconds Redis has to answer. */
    redisTimeoutMs: z.int().min(1).max(5_000).default(500),
    /** Where the browser goes after logout, a local path. */
    postLogoutPath: z
      .string()
      .regex(/^\/(?![/\\])/, 'is a local path')
      .default('/'),
    /** Development: the app is on http://localhost, so its cookies are neither `Secure` nor prefixed. From INSECURE_LOCALHOST. */
    insecureLocalhost: z
      .union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })], { error: 'is true or false' })
      .default(false),
    /** Lets the issuer be plain HTTP on another machine than this one: for closed networks only. */
    allowInsecureIssuer: z.boolean().default(false),
    /** Whether the app serves people. From NODE_ENV. */
    production: z.boolean().default(false),
  })
  .superRefine((options, context) => {
    const object = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: path.split('.'), message });
    const { cookie: set, insecureLocalhost } = options;
    const { protocol, hostname } = new URL(originOf(options.origin) ?? 'https://unreadable.invalid');
    if (set.name.startsWith(HOST_PREFIX)) {
      if (set.domain !== undefined) object('cookie.domain', `contradicts the cookie's name: ${HOST_PREFIX} has none`);
      if (set.path !== '/') object('cookie.path', `contradicts the cookie's name: ${HOST_PREFIX} stands at /`);
    }
    if (/^__(?:host|secure|http)/i.test(set.name) && !/^__(?:Host|Secure)-./.test(set.name)) {
      object('cookie.name', 'looks like a prefix that browsers do not know');
    }
    if (insecureLocalhost) {
      if (protocol === 'https:') object('insecureLocalhost', 'contradicts an https origin');
      else if (!isLoopback(hostname)) object('insecureLocalhost', 'is for an origin on this machine');
      if (options.production) object('insecureLocalhost', 'is for development, and this is production');
    } else if (protocol !== 'https:') {
      object('origin', 'is not https, so browsers refuse the cookie (insecureLocalhost permits it for development)');
    }
    if (!options.allowInsecureIssuer && !isSecure(options.issuer)) {
      object('issuer', 'is neither https nor on loopback (allowInsecureIssuer permits it)');
    }
    if (options.idleMs > options.absoluteMs) object('idleMs', 'is longer than absoluteMs');
    for (const name of Object.keys(options.authorizationParameters)) {
      if (OWN_PARAMETERS.includes(name)) object(`authorizationParameters.${name}`, 'is said by the login itself');
    }
    if (options.store === 'redis' && options.redisUrl === undefined)
      object('store', 'is redis, and redisUrl is missing');
    if (options.production && options.store === undefined && options.redisUrl === undefined) {
      object('store', "is not said: with one replica say 'memory', with more set redisUrl (REDIS_URL)");
    }
  });

/** What the session side works with. */
export type SessionOptions = z.output<typeof sessionOptions>;

/** The token under which {@link SessionOptions} are injected. */
export const SESSION_OPTIONS = Symbol('SessionOptions');

/** @returns the session cookie's name as browsers see it */
export function cookieName({ cookie: { name }, insecureLocalhost }: SessionOptions): string {
  if (!insecureLocalhost) return name;
  return [HOST_PREFIX, SECURE_PREFIX].reduce((bare, prefix) => bare.replace(prefix, ''), name);
}
