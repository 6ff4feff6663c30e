import type { Attempt } from '../attempt.js';

/**
 * What every attempt tells its upstream, in whatever protocol: of the client's request only trace, request id, deadline and
 * locale, and the identity as it is declared; then what the call itself declares. Nothing else of the client's is ever passed on.
 * @param list  names and values, alternating: gets them at its end
 */
export function pushContextHeaders(list: string[], attempt: Attempt): void {
  const { request, allowedMs } = attempt;
  const { requestId, tracestate, locale, isRepetition, wish } = request.context.request;
  const traceparent = attempt.traceparent ?? request.context.request.traceparent;
  list.push('x-request-id', requestId, 'x-deadline-ms', String(allowedMs < 1 ? 1 : Math.floor(allowedMs)));
  if (traceparent !== undefined) {
    list.push('traceparent', traceparent);
    if (tracestate !== undefined) list.push('tracestate', tracestate);
  }
  if (attempt.number > 1 || isRepetition) list.push('x-previous-attempts', String(Math.max(1, attempt.number - 1)));
  if (wish !== undefined && !declares(request.headers, wish.header)) list.push(wish.header, wish.subset);
  if (locale !== undefined && !declares(request.headers, 'accept-language')) list.push('accept-language', locale);
  if (request.identity !== undefined) list.push('authorization', request.identity.header());
  if (request.idempotencyKey !== undefined) list.push('idempotency-key', request.idempotencyKey);
  if (request.headers.length > 0) list.push(...request.headers);
}

/** @returns whether a list of names and values has a name */
export function declares(headers: readonly string[], name: string): boolean {
  for (let i = 0; i < headers.length; i += 2) if (headers[i] === name) return true;
  return false;
}
