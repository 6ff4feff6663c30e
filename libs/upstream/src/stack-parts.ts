import type { Clock, TimerWheel } from 'guichet/kernel';
import type { RetryBudget } from 'guichet/resilience';
import type { DeprecatedCalls } from './deprecation/deprecated-calls.js';
import type { Endpoints } from './endpoints.js';
import type { SubsetParts } from './subsets/subset-parts.js';
import type { UpstreamEvents } from './upstream-events.js';
import type { UpstreamLatency } from './upstream-latency.js';
import type { UpstreamSettings } from './upstream-settings.js';

/** What the layers of one upstream are made from, and what they know together. */
export interface StackParts {
  /** The upstream's name. */
  readonly upstream: string;
  readonly settings: UpstreamSettings;
  readonly endpoints: Endpoints;
  /** Its subsets of instances, where it has any. */
  readonly subsets: SubsetParts | undefined;
  readonly latency: UpstreamLatency;
  /** What further attempts, retries and hedges alike, may still be made. */
  readonly retryBudget: RetryBudget;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly events: UpstreamEvents | undefined;
  /** Counts what is deprecated. */
  readonly deprecatedCalls?: DeprecatedCalls | undefined;
  /** Whether calls are written down in the sections that make them. */
  readonly isTraced: boolean;
  /** Whether every value that could be shared is frozen, not just those that were: finds code that changes them. */
  readonly freezesAll: boolean;
}
