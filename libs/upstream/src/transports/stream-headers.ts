import type { Attempt } from '../attempt.js';
import { declares } from './context-headers.js';
import type { StreamRequest } from '../stream-request.js';

/**
 * The headers of one attempt that is handed through: what the route passes of the client's, and what every call says of itself.
 * A deadline is told where there is one.
 * @returns names and values, alternating
 */
export function streamHeaders(attempt: Attempt, request: StreamRequest): string[] {
  const { requestId, tracestate, isRepetition, wish } = request.context.request;
  const traceparent = attempt.traceparent ?? request.context.request.traceparent;
  const list = [...request.headers, 'x-request-id', requestId];
  if (traceparent !== undefined) {
    list.push('traceparent', traceparent);
    if (tracestate !== undefined) list.push('tracestate', tracestate);
  }
  if (attempt.allowedMs < Infinity) list.push('x-deadline-ms', String(Math.max(1, Math.floor(attempt.allowedMs))));
  if (attempt.number > 1 || isRepetition) list.push('x-previous-attempts', String(Math.max(1, attempt.number - 1)));
  if (wish !== undefined && !declares(request.headers, wish.header)) list.push(wish.header, wish.subset);
  if (request.identity !== undefined) list.push('authorization', request.identity.header());
  if (request.sourceBytes !== undefined) list.push('content-length', String(request.sourceBytes));
  return list;
}
