export { isAnswering } from './departure.js';
export { addressBlock, ClientAddress, type TrustedProxies } from './client-address.js';
export { LocaleMatcher } from './locale-matcher.js';
export { type AnyRequest, arrive, contextOf } from './request-context.js';
export { type FinishedRequest, type RequestListener, RequestListeners } from './request-listeners.js';
export { requestId } from './request-id.js';
export { type RequestContextOptions, useRequestContext } from './use-request-context.js';
export { ManagementModule } from './management.module.js';
export { type ManagementOptions, managementOptions, type ManagementOptionsInput } from './management-options.js';
export { type ManagementHandler, ManagementServer } from './management-server.js';
export { Counter, CounterFamily } from './metrics/counter-family.js';
export { GaugeFamily, type GaugeOptions, type SayGauge } from './metrics/gauge-family.js';
export { DURATION_BUCKETS, Histogram, HistogramFamily, type HistogramOptions } from './metrics/histogram-family.js';
export { type FamilyOptions, type MetricValue } from './metrics/labelled-family.js';
export { type MetricDescription, Metrics } from './metrics/metrics.js';
export {
  type AttemptBar,
  type Bound,
  type CallBar,
  type SectionBar,
  type Span,
  type Waterfall,
  waterfallOf,
} from './waterfall/waterfall.js';
export { serverTiming } from './waterfall/server-timing.js';
export { MetricsModule } from './metrics/metrics.module.js';
