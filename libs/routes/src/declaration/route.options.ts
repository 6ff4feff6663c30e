import { deprecationSchema } from 'guichet/kernel';
import { IDENTITY_KINDS } from 'guichet/upstream';
import { z } from 'zod';
import {
  NO_TRAILERS,
  OWN_REQUEST_HEADERS,
  OWN_RESPONSE_HEADERS,
  REQUEST_HEADERS,
  RESPONSE_HEADERS,
} from './passed-headers.js';

/** The methods a route can have. `GET` answers HEAD as well. */
export const ROUTE_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** One of {@link ROUTE_METHODS}. */
export type RouteMethod = (typeof ROUTE_METHODS)[number];

const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const COOKIE_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

const headerNames = (own: ReadonlySet<string>) =>
  z.array(
    z
      .string()
      .regex(NAME, 'is a header name in lower case')
      .refine(name => !own.has(name), 'is a header that the gateway writes, drops or passes by an option of its own'),
  );

const milliseconds = (most: number) => z.number().int().min(1).max(most);

const limitsSchema = z.strictObject({
  /** Bytes a request's body may have; more is a 413. */
  maxRequestBytes: z.number().int().min(0).default(1_048_576),
  /** Bytes an answer's body may have; without a limit it may be of any length. */
  maxResponseBytes: z.number().int().min(1).optional(),
  /** Milliseconds until there is a connection; by default the upstream's `connectTimeoutMs`. */
  connectTimeoutMs: milliseconds(60_000).optional(),
  /** Milliseconds from the request's last byte to the answer's head. */
  headersTimeoutMs: milliseconds(600_000).default(10_000),
  /** Milliseconds without a byte, in either direction, from whoever is awaited. */
  idleTimeoutMs: milliseconds(3_600_000).default(30_000),
  /** Milliseconds from the request's arrival to the answer's last byte; without a limit an exchange may take as long as it moves. */
  totalTimeoutMs: milliseconds(86_400_000).optional(),
  /** Exchanges under way at once; beyond it requests get 503. They hold no place of the upstream's `maxConcurrent` once answered. */
  maxConcurrent: z.number().int().min(1).max(100_000).default(256),
});

/** One pass-through route, as an app declares it: unknown names are refused, what is left out has its default. */
export const routeSchema = z.strictObject({
  /** Which requests it takes. */
  method: z.union([z.enum(ROUTE_METHODS), z.array(z.enum(ROUTE_METHODS)).min(1)]).default('GET'),
  /** `/api/films/:id/poster`; a parameter is one segment, `*rest` at the end one or more. */
  path: z.string(),
  /** The upstream's name, as in its client's `@Upstream`. */
  upstream: z.string().min(1),
  /** The path there, with the same parameters; by default the route's own without `/api`. */
  to: z.string().optional(),
  /** What parameters must look like, whole; a request with another value is a 404. */
  params: z.record(z.string(), z.instanceof(RegExp)).default({}),
  /** What of the query passes: all, nothing, or these names. */
  query: z.union([z.enum(['pass', 'drop']), z.array(z.string().min(1))]).default('pass'),
  /** As whom the upstream is called; by default as its options say. */
  identity: z.enum(IDENTITY_KINDS).optional(),
  /** Who is let in: anybody, whoever is signed in, or who holds all scopes and one of the roles. */
  access: z
    .union([
      z.enum(['public', 'authenticated']),
      z.strictObject({ scopes: z.array(z.string().min(1)).optional(), roles: z.array(z.string().min(1)).optional() }),
    ])
    .default('authenticated'),
  /**
   * What a browser's session must show: the header `X-CSRF`, or that the request comes from the app's own pages by `Origin` or
   * `Sec-Fetch-Site` (images, downloads, EventSource, WebSocket). By default the latter for routes that only read.
   */
  csrf: z.enum(['header', 'origin']).optional(),
  /** Units a request costs against limits. */
  cost: z.number().int().min(1).max(1_000).default(1),
  limits: limitsSchema.prefault({}),
  /** Which of the client's headers pass. */
  requestHeaders: headerNames(OWN_REQUEST_HEADERS).default([...REQUEST_HEADERS]),
  /** Which of the upstream's headers pass. */
  responseHeaders: headerNames(OWN_RESPONSE_HEADERS).default([...RESPONSE_HEADERS]),
  /** Which of the client's cookies pass; never the session's. */
  requestCookies: z.array(z.string().regex(COOKIE_NAME, 'is a cookie name')).default([]),
  /** Which cookies the upstream may set. */
  responseCookies: z.array(z.string().regex(COOKIE_NAME, 'is a cookie name')).default([]),
  /** Which trailers pass, to clients that take them (`TE: trailers`). */
  responseTrailers: headerNames(NO_TRAILERS).default([]),
  /** Whether 103 (Early Hints) passes; every other 1xx is dropped. */
  earlyHints: z.boolean().default(false),
  /** Whether a `Location` of the upstream's own is rewritten to the route that leads there. Redirects are never followed. */
  redirects: z.enum(['pass', 'rewrite']).default('pass'),
  /** Whether an answer of 500 and above passes as it is, or is told as a problem. */
  errors: z.enum(['pass', 'problem']).default('pass'),
  /** How the upstream is told where the client is: `Forwarded` (RFC 7239), `X-Forwarded-*`, both, or not at all. */
  forwarded: z.enum(['forwarded', 'x-forwarded', 'both', 'none']).default('forwarded'),
  /** Whether answers of type `text/event-stream` may last: they end when the app drains. */
  events: z.boolean().default(false),
  /** Whether it is a WebSocket: requests without the upgrade get 426. */
  upgrade: z.literal('websocket').optional(),
  /** Origins besides the app's own whose pages may open it. */
  origins: z
    .array(
      z
        .string()
        .refine(
          text => URL.canParse(text) && new URL(text).origin === text,
          'is no origin such as https://app.example',
        ),
    )
    .default([]),
  /** That its time is over, and what to use instead. */
  deprecated: deprecationSchema.optional(),
  /** One line for the API's documentation. */
  summary: z.string().optional(),
});

/** One pass-through route, as an app writes it. */
export type RouteOptions = z.input<typeof routeSchema>;

/** One pass-through route, complete and frozen. */
export type RouteConfig = Readonly<z.output<typeof routeSchema>>;

/** What holds for all routes of an app. */
export const routesSchema = z.strictObject({
  /** What the app is called in `Via`. */
  via: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,62}$/, 'is a name of letters, digits, dots and dashes')
    .default('guichet'),
  /** `TRUSTED_PROXIES`: the proxies before the app, how many or their networks. */
  trustedProxies: z
    .union([z.int().min(0).max(16), z.array(z.string())], {
      error: 'is the number of proxies before the app, or a list of their networks (true would believe every client)',
    })
    .default(0),
});

/** What holds for all routes of an app, as it is written. */
export type RoutesOptions = z.input<typeof routesSchema>;

/** The same, complete. */
export type RoutesConfig = Readonly<z.output<typeof routesSchema>>;
