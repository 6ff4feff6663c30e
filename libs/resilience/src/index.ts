export { equalJitterBackoffMs, fullJitterBackoffMs } from './backoff.js';
export {
  type BreakerListener,
  type BreakerPass,
  type BreakerState,
  CIRCUIT_BREAKER_DEFAULTS,
  CircuitBreaker,
  type CircuitBreakerOptions,
  REFUSED,
} from './circuit-breaker.js';
export { OutcomeWindow } from './outcome-window.js';
export { SlidingCount } from './sliding-count.js';
export { CachedQuantile } from './cached-quantile.js';
export { LatencyHistogram } from './latency-histogram.js';
export { PeakEwma } from './peak-ewma.js';
export { type CostCandidate, pickByCost } from './pick-by-cost.js';
export { timeoutScore } from './timeout-score.js';
