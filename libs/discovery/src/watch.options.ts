import { z } from 'zod';

/** How services are followed in Consul. */
export const watchOptions = z.strictObject({
  /**
   * Milliseconds that a query waits for a change. Consul's own default is 5 min; one query a minute and service is the
   * price of noticing within a minute a connection that died silently.
   */
  waitMs: z.number().int().min(1_000).max(600_000).default(60_000),
  /** Milliseconds that a service's instances are kept when all of them vanish from Consul in one step. */
  emptyGraceMs: z.number().int().min(0).max(3_600_000).default(60_000),
  /** Milliseconds that those still missing are kept when others are back after an outage of Consul. */
  returnGraceMs: z.number().int().min(0).max(600_000).default(10_000),
  /** Open connections to the agent; half of what an agent allows one address by default (200), which processes share. */
  maxConnections: z.number().int().min(1).max(10_000).default(100),
});

/** What {@link watchOptions} gives. */
export type WatchOptions = Readonly<z.output<typeof watchOptions>>;
