export { type BootProblem, BootError, BootProblems } from './boot-problems.js';
export { Clock, systemClock, type TimerHandle } from './clock.js';
export { Cohort, type Repeatable, type SubsetWish } from './cohort.js';
export { Credentials } from './credentials.js';
export { currentContext, runInContext, swapContext } from './current-context.js';
export {
  type CallDeprecation,
  type CallDeprecationOptions,
  callDeprecationSchema,
  type Deprecation,
  type DeprecationOptions,
  deprecationSchema,
} from './deprecation/deprecation.options.js';
export { Retired } from './deprecation/retired.js';
export { dayOf, isRetired } from './deprecation/sunset.js';
export { disclosed, HIDDEN } from './disclosed.js';
export { EffectiveConfiguration, type EffectiveOption, type EffectiveOptions } from './effective-configuration.js';
export { ERROR_CODES, type ErrorCode } from './error-code.js';
export { HANDLER_METADATA } from './handler-metadata.js';
export { faultOf } from './fault.js';
export { type InputIssue, InvalidInput } from './invalid-input.js';
export type { LiveOverride, LivePart, PreparedSettings } from './live/live-part.js';
export { LiveSettings, LiveValue, type LiveValues } from './live/live-settings.js';
export { PageFailed, type SectionFailure } from './page-failed.js';
export type { Principal } from './principal.js';
export { type Fault, isRefusal, PROBLEM_TABLE, problemKind, type ProblemKind } from './problem-table.js';
export { checkOptions, type CheckedOptions, type OptionOrigins, readOptions } from './read-options.js';
export { type CallContext, RequestContext, type RequestFailure } from './request-context.js';
export { type Checked, check, type Infer, type Schema, type SchemaIssue } from './schema.js';
export { Shed } from './shed.js';
export { type AttemptKind, AttemptTrace, type TraceOutcome } from './trace/attempt-trace.js';
export { CallTrace } from './trace/call-trace.js';
export { ExchangeTrace } from './trace/exchange-trace.js';
export { type PageOutcome, PageTrace, type TracedPlan } from './trace/page-trace.js';
export type { Sampled } from './trace/sampled.js';
export { type SectionOutcome, SectionTrace } from './trace/section-trace.js';
export type { TraceCode } from './trace/trace-code.js';
export type { TracedCalls } from './trace/traced-calls.js';
export { NOT_WAITING, type TimerEntry, TimerWheel } from './timer-wheel.js';
export { UpstreamError, type UpstreamErrorDetails } from './upstream-error.js';
