export { type CallHandle, type CallSink, type Staleness, UpstreamCall } from './upstream-call.js';
