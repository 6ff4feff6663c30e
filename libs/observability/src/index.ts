export { hasOwnTimeouts, type InFlight, isAnswering, unanswered } from './departure.js';
export { addressBlock, ClientAddress, readTrustedProxies, type TrustedProxies } from './client-address.js';
export { DeprecatedDoor } from './deprecation/deprecated-door.js';
export { DeprecatedRequests } from './deprecation/deprecated-requests.js';
export { type ParameterValue, parametersOf } from './deprecation/link-target.js';
export { LocaleMatcher } from './locale-matcher.js';
export { type AnyRequest, arrive, contextOf } from './request-context.js';
export {
  type AnswerHeaders,
  type FinishedRequest,
  type RequestListener,
  RequestListeners,
} from './request-listeners.js';
export { requestId } from './request-id.js';
export { type RequestContextOptions, useRequestContext } from './use-request-context.js';
export { ManagementModule } from './management.module.js';
export { type ManagementOptions, managementOptions, type ManagementOptionsInput } from './management-options.js';
export { type ManagementHandler, ManagementServer } from './management-server.js';
export { Counter, CounterFamily } from './metrics/counter-family.js';
export { HttpMetrics } from './metrics/http-metrics.js';
export { DURATION_BUCKETS, Histogram, HistogramFamily, type HistogramOptions } from './metrics/histogram-family.js';
export { type FamilyOptions } from './metrics/labelled-family.js';
export { type MetricValue } from './metrics/metric-value.js';
export { type MetricDescription, Metrics } from './metrics/metrics.js';
export { ReadFamily, type ReadOptions, type SayValue } from './metrics/read-family.js';
export {
  type AttemptBar,
  type Bound,
  type CallBar,
  callBarOf,
  type SectionBar,
  type Span,
  type Waterfall,
  waterfallOf,
} from './waterfall/waterfall.js';
export { serverTiming } from './waterfall/server-timing.js';
export { type Log, type LogSurroundings, openLog } from './log/open-log.js';
export { LOG_LEVELS, type LogLevel, type LogOptions, logOptions, type LogOptionsInput } from './log/log-options.js';
export { Redactor } from './log/redact/redactor.js';
export { type SignedRequest, signPageTrace } from './tracing/page-trace-signature.js';
export { RequestMarks } from './tracing/request-marks.js';
export { startTracing, Tracing } from './tracing/tracing.js';
export { type TracingOptions, type TracingOptionsInput } from './tracing/tracing-options.js';
export { MetricsModule } from './metrics/metrics.module.js';
