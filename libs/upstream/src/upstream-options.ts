import { CIRCUIT_BREAKER_DEFAULTS, HEDGE_DEFAULTS, OUTLIER_DEFAULTS } from 'guichet/resilience';
import { z } from 'zod';
import { IDENTITY_KINDS } from './identity/identity-kind.js';
import { RESERVED_CLAIMS } from './identity/reserved-claims.js';
import { subsetsSchema, subsetWeightsSchema } from './subsets/subset-options.js';

/** The options of one upstream, as checked at boot: unknown names are refused, what is left out has its default. */
export const upstreamOptionsSchema = z.strictObject({
  /** Milliseconds one attempt may take, connecting and body included. */
  timeoutMs: z.number().int().min(1).max(60_000).default(1_000),
  /** Further attempts of a repeatable call that was lost, timed out, or answered 502, 503 or 504. */
  maxRetries: z.number().int().min(0).max(3).default(1),
  /** Further attempts, hedges included, for each call of the last ten seconds. */
  retryBudgetRatio: z.number().min(0).max(1).default(0.1),
  /** Further attempts in ten seconds that are allowed however few calls there are. */
  retryBudgetMin: z.number().int().min(0).max(100).default(10),
  /** Whether a GET or HEAD that is slower than most gets a second attempt on another instance. */
  hedge: z.boolean().default(false),
  /** The part of the answers that has come before a second attempt is thought of. */
  hedgeQuantile: z.number().min(0.5).max(0.999).default(HEDGE_DEFAULTS.quantile),
  /** Second attempts for each hedged call. */
  hedgeMaxRatio: z.number().min(0).max(1).default(HEDGE_DEFAULTS.maxRatio),
  /** Whether equal GETs and HEADs for the same identity, or public ones, that are under way at once are asked once. */
  singleflight: z.boolean().default(true),
  /** Milliseconds a shared call may take with its retries; if left out, what its attempts may take. */
  sharedBudgetMs: z.number().int().min(1).max(300_000).optional(),
  /** Calls under way at once. */
  maxConcurrent: z.number().int().min(1).max(10_000).default(64),
  /** Calls that wait for one of those places. */
  maxQueued: z.number().int().min(0).max(10_000).default(64),
  /** Whether fewer than `maxConcurrent` may be under way while latency shows that the upstream cannot do as many. */
  adaptiveLimit: z.boolean().default(false),
  /** Whether calls stop while the upstream mostly fails. */
  breaker: z.boolean().default(true),
  /** Failures among attempts that open the breaker. */
  breakerFailureRatio: z.number().min(0.01).max(1).default(CIRCUIT_BREAKER_DEFAULTS.failureRatio),
  /** Milliseconds the ratio is taken over. */
  breakerWindowMs: z.number().int().min(1_000).max(600_000).default(CIRCUIT_BREAKER_DEFAULTS.windowMs),
  /** Attempts in the window below which the breaker stays closed. */
  breakerMinCalls: z.number().int().min(1).max(100_000).default(CIRCUIT_BREAKER_DEFAULTS.minCalls),
  /** Milliseconds the breaker stays open the first time; doubles with every failed try to close. */
  breakerOpenMs: z.number().int().min(1).max(600_000).default(CIRCUIT_BREAKER_DEFAULTS.openMs),
  /** Milliseconds the breaker stays open at most; where less than `breakerOpenMs`, that counts. */
  breakerMaxOpenMs: z.number().int().min(1).max(3_600_000).default(CIRCUIT_BREAKER_DEFAULTS.maxOpenMs),
  /** Attempts a half-open breaker lets through: it closes, or opens again, by `breakerFailureRatio` among them. */
  breakerProbes: z.number().int().min(1).max(100).default(CIRCUIT_BREAKER_DEFAULTS.probes),
  /** Whether single instances that fail while others do not are left out for a while. */
  ejection: z.boolean().default(true),
  /** Failures in a row that eject an instance. */
  ejectionFailures: z.number().int().min(1).max(1_000).default(OUTLIER_DEFAULTS.failuresInRow),
  /** Failures among the attempts of ten seconds that eject it, too. */
  ejectionFailureRatio: z.number().min(0.01).max(1).default(OUTLIER_DEFAULTS.failureRatio),
  /** Attempts in those ten seconds below which the ratio says nothing. */
  ejectionMinCalls: z.number().int().min(1).max(100_000).default(OUTLIER_DEFAULTS.minCalls),
  /** Milliseconds of a first ejection; each further one is longer by as much. */
  ejectionMs: z.number().int().min(100).max(600_000).default(OUTLIER_DEFAULTS.ejectionMs),
  /** Milliseconds of the longest; where less than `ejectionMs`, that counts. */
  ejectionMaxMs: z.number().int().min(100).max(3_600_000).default(OUTLIER_DEFAULTS.maxEjectionMs),
  /** Of all instances, how many may be left out at once; rounded down. With more ejected, all are called. */
  ejectedMaxRatio: z.number().min(0).max(0.9).default(OUTLIER_DEFAULTS.maxEjectedRatio),
  /** Milliseconds in which an instance that came back gets back its full share. */
  warmUpMs: z.number().int().min(0).max(600_000).default(OUTLIER_DEFAULTS.warmUpMs),
  /** Versions of it that are answered by apart: which instances make them up, and for whom. */
  subsets: subsetsSchema,
  /** By subset, percent of all who are not sent elsewhere by header or claim, instead of its `weightPercent`. */
  subsetWeights: subsetWeightsSchema,
  /** Bytes an answer's body may have. */
  maxBytes: z
    .number()
    .int()
    .min(1)
    .max(64 * 1024 * 1024)
    .default(2 * 1024 * 1024),
  /** Bytes an answer's header section may have. */
  maxHeaderBytes: z
    .number()
    .int()
    .min(1024)
    .max(256 * 1024)
    .default(16 * 1024),
  /** Connections to one instance; as many calls again may wait for one. */
  maxConnections: z.number().int().min(1).max(4_096).default(128),
  /** Milliseconds after which a connection that is not up is given up; an attempt's own timeout ends it earlier. */
  connectTimeoutMs: z.number().int().min(1).max(60_000).default(1_000),
  /** How it is called; by default as the meta value `scheme` of the instance says, else by http. */
  scheme: z.enum(['http', 'https']).optional(),
  /** How connections by https are made. Certificates are always verified. */
  tls: z
    .strictObject({
      /** A PEM file with the authorities that vouch for it, instead of Node's own. */
      caFile: z.string().min(1).optional(),
      /** A PEM file with the certificate that is shown to it. */
      certFile: z.string().min(1).optional(),
      /** A PEM file with that certificate's key. */
      keyFile: z.string().min(1).optional(),
      /** The name its certificate must be for; the upstream's own by default, whatever the instance's address is. */
      servername: z.string().min(1).max(253).optional(),
      /** Development: takes whatever certificate is shown. Production does not start with it. */
      acceptsAnyCertificate: z.boolean().default(false),
    })
    .prefault({}),
  /** Milliseconds from the sent request to the answer's head, where that is less than the attempt has. */
  headersTimeoutMs: z.number().int().min(1).max(60_000).optional(),
  /** Milliseconds between two pieces of an answer's body, where that is less than the attempt has. */
  bodyTimeoutMs: z.number().int().min(1).max(60_000).optional(),
  /** Whether a connection serves more than one call. Not, and nothing an instance sends can reach another call. */
  reusesConnections: z.boolean().default(true),
  /** Milliseconds a connection rests after an answer, so that what comes unasked is seen before the next call uses it. */
  connectionRestMs: z.number().int().min(0).max(1_000).default(5),
  /** Whether it sends the request's `X-Request-Id` back; an answer that does not is then nobody's. */
  echoesRequestId: z.boolean().default(false),
  /** As whom it is called; a call may say otherwise. */
  identity: z.enum(IDENTITY_KINDS).default('none'),
  /** Whether a call with identity `user` or `signed` is made without any when nobody is signed in. Otherwise it fails. */
  allowsAnonymous: z.boolean().default(false),
  /** The caller's claims that a `signed` identity tells. */
  identityClaims: z
    .array(
      z
        .string()
        .min(1)
        .refine(name => !RESERVED_CLAIMS.has(name), 'is a claim of the token itself'),
    )
    .default([]),
  /** Milliseconds an idle connection is kept, where the instance does not say; keep it below the instance's own. */
  keepAliveMs: z.number().int().min(1).max(600_000).default(4_000),
});

/** The options of one upstream, as a team writes them: all may be left out. */
export type UpstreamOptions = z.input<typeof upstreamOptionsSchema>;

/** The options of one upstream, complete and frozen. */
export type UpstreamConfig = Readonly<z.output<typeof upstreamOptionsSchema>>;
