import type { Attempt } from '../attempt.js';
import type { HttpRequest } from '../upstream-request.js';

/**
 * The headers of one attempt: what the call declares, and of the client's request only trace, request id, deadline and
 * locale, and the identity as it is declared. Nothing else of the client's is ever passed on.
 * @returns names and values, alternating
 */
export function outgoingHeaders(attempt: Attempt): string[] {
  const { allowedMs } = attempt;
  const request = attempt.request as HttpRequest;
  const { requestId, tracestate, locale, isRepetition } = request.context.request;
  const traceparent = attempt.traceparent ?? request.context.request.traceparent;
  const list = [
    'accept-encoding',
    'identity',
    'x-request-id',
    requestId,
    'x-deadline-ms',
    String(allowedMs < 1 ? 1 : Math.floor(allowedMs)),
  ];
  if (!declares(request.headers, 'accept')) list.push('accept', request.reader.accept);
  if (traceparent !== undefined) {
    list.push('traceparent', traceparent);
    if (tracestate !== undefined) list.push('tracestate', tracestate);
  }
  if (attempt.number > 1 || isRepetition) list.push('x-previous-attempts', String(Math.max(1, attempt.number - 1)));
  if (locale !== undefined && !declares(request.headers, 'accept-language')) list.push('accept-language', locale);
  if (request.identity !== undefined) list.push('authorization', request.identity.header());
  if (request.idempotencyKey !== undefined) list.push('idempotency-key', request.idempotencyKey);
  if (request.contentType !== undefined) list.push('content-type', request.contentType);
  if (request.headers.length > 0) list.push(...request.headers);
  return list;
}

function declares(headers: readonly string[], name: string): boolean {
  for (let i = 0; i < headers.length; i += 2) if (headers[i] === name) return true;
  return false;
}
