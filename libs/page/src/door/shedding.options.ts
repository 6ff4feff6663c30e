import { CONCURRENCY_DOOR_DEFAULTS } from 'guichet/resilience';
import { z } from 'zod';

/** When requests for pages are turned away. Health and the management port are never. */
export const sheddingOptionsSchema = z.strictObject({
  /** `SHEDDING`: whether any are. */
  isOn: z.boolean({ error: ({ input }) => (typeof input === 'string' ? 'is on or off' : undefined) }).default(true),
  /** Of one page, how many may always be under way. */
  minConcurrent: z.number().int().min(1).max(10_000).default(CONCURRENCY_DOOR_DEFAULTS.minLimit),
  /** Of one page, how many may be under way at most. */
  maxConcurrent: z.number().int().min(1).max(100_000).default(CONCURRENCY_DOOR_DEFAULTS.maxLimit),
  /** How many times its usual time a page may take before fewer of it are let in. */
  tolerance: z.number().min(1.05).max(10).default(CONCURRENCY_DOOR_DEFAULTS.tolerance),
  /** Milliseconds below which a page is never too slow, however fast it usually is. */
  minLatencyMs: z.number().int().min(0).max(60_000).default(CONCURRENCY_DOOR_DEFAULTS.minLatencyMs),
  /** Of all pages together, how many may always be under way. */
  minConcurrentOfAll: z.number().int().min(1).max(10_000).default(50),
  /** Milliseconds that the event loop may be late, in the middle, before fewer of all pages are let in. */
  maxEventLoopDelayMs: z.number().int().min(5).max(10_000).default(50),
});

/** The same, complete. */
export type SheddingOptions = Readonly<z.output<typeof sheddingOptionsSchema>>;
