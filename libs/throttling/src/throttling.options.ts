import { z } from 'zod';

/** The limits of an app that declares none. */
export const DEFAULT_LIMITS = {
  address: { tracker: 'address', limit: 600, windowMs: 60_000, blockMs: 0 },
  principal: { tracker: 'principal', limit: 1_200, windowMs: 60_000, blockMs: 0 },
} as const;

/** A limit in a variable. */
const UNREADABLE = 'is units and window of a limit that the app declares, such as address=6000/60000';

/** One limit. */
export const limitOptions = z.strictObject(
  {
    /** Whom it counts: each address (an IPv6 /64 is one), each principal, or each API key. */
    tracker: z.enum(['address', 'principal', 'api-key']),
    /** Cost units a window admits. */
    limit: z.int().min(1).max(1_000_000_000),
    /** How long a window lasts, in milliseconds. */
    windowMs: z.int().min(100).max(86_400_000),
    /** How long whoever exceeds it stays shut out, in milliseconds; 0 is until the window ends. */
    blockMs: z.int().min(0).max(86_400_000).default(0),
  },
  // A text is what THROTTLE_LIMITS says and could not be read.
  { error: ({ code, input }) => (code === 'invalid_type' && typeof input === 'string' ? UNREADABLE : undefined) },
);

/** The options of {@link ThrottlingModule}. */
export const throttlingOptions = z.strictObject({
  /** The named limits; a request must fit all that apply to it. Their numbers from THROTTLE_LIMITS. */
  limits: z
    .record(z.string().regex(/^[a-z][a-z0-9-]*$/, 'a name is lower case letters, digits and dashes'), limitOptions)
    .default(DEFAULT_LIMITS),
  /** The proxies before the app: how many, or their networks. `true` would believe every client. From TRUSTED_PROXIES. */
  trustedProxies: z
    .union([z.int().min(0).max(16), z.array(z.string())], {
      error: 'is the number of proxies before the app, or a list of their networks (true would believe every client)',
    })
    .default(0),
  /** The header an API key comes in. */
  apiKeyHeader: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .default('x-api-key'),
  /** `redis://…`; without it every replica counts for itself. From REDIS_URL. */
  redisUrl: z
    .string()
    .regex(/^rediss?:\/\//, 'is a URL that begins with redis:// or rediss://')
    .optional(),
  /** What holds while Redis fails: each replica counts for itself (`open`), or requests get 503 (`closed`). */
  whenRedisFails: z.enum(['open', 'closed']).default('open'),
  /** What Redis may add to a request, in milliseconds. */
  redisTimeoutMs: z.int().min(1).max(1_000).default(40),
});

/** What the room works with. */
export type ThrottlingOptions = z.output<typeof throttlingOptions>;

/** The token under which {@link ThrottlingOptions} are injected. */
export const THROTTLING_OPTIONS = Symbol('ThrottlingOptions');
