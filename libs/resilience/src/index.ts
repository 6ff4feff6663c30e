export { ADAPTIVE_LIMIT_DEFAULTS, AdaptiveLimit, type AdaptiveLimitOptions } from './adaptive-limit.js';
export { equalJitterBackoffMs, fullJitterBackoffMs } from './backoff.js';
export { type Admission, Bulkhead, type BulkheadWaiter } from './bulkhead.js';
export { CachedQuantile } from './cached-quantile.js';
export {
  type BreakerListener,
  type BreakerPass,
  type BreakerState,
  CIRCUIT_BREAKER_DEFAULTS,
  CircuitBreaker,
  type CircuitBreakerOptions,
  REFUSED,
} from './circuit-breaker.js';
export { CONCURRENCY_DOOR_DEFAULTS, ConcurrencyDoor, type ConcurrencyDoorOptions } from './concurrency-door.js';
export { FastestLatency } from './fastest-latency.js';
export { Flight, type Follower } from './flight.js';
export { HEDGE_DEFAULTS, HedgeDelay, type HedgeOptions, NO_HEDGE } from './hedge-delay.js';
export { type EjectionCause, type HealthState, InstanceHealth } from './instance-health.js';
export { LatencyHistogram } from './latency-histogram.js';
export { OutcomeWindow } from './outcome-window.js';
export { OUTLIER_DEFAULTS, OutlierDetector, type OutlierListener, type OutlierOptions } from './outlier-detector.js';
export { PeakEwma } from './peak-ewma.js';
export { type CostCandidate, pickByCost } from './pick-by-cost.js';
export { RetryBudget } from './retry-budget.js';
export { NO_RETRY, RETRY_DELAY_DEFAULTS, retryDelayMs, type RetryDelayOptions } from './retry-delay.js';
export { SlidingCount } from './sliding-count.js';
export { timeoutScore } from './timeout-score.js';
export { EvenSequence, shareAt } from './weighted-line.js';
