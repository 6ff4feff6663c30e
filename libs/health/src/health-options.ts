import { z } from 'zod';

/** What makes an app unready. */
export const healthOptionsSchema = z.strictObject({
  /**
   * Upstreams, and `sessions` or `limits`, without which the app is of no use: while one is in trouble it is not ready. None by
   * default: what all replicas share takes all of them out at once.
   */
  critical: z.array(z.string().min(1)).default([]),
  /** Milliseconds that the event loop may be late, in the middle, all the time. */
  maxEventLoopDelayMs: z.number().int().min(50).max(60_000).default(500),
  /** Milliseconds for which it must be later than that, without a break, to count as stalled; half as long in time, and it is well. */
  eventLoopPatienceMs: z.number().int().min(1_000).max(600_000).default(10_000),
});

/** The same, complete. */
export type HealthOptions = Readonly<z.output<typeof healthOptionsSchema>>;
