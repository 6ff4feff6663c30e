import type { Attempt } from '../attempt.js';
import type { HttpRequest } from '../upstream-request.js';
import { declares, pushContextHeaders } from './context-headers.js';

/**
 * The headers of one attempt by HTTP.
 * @returns names and values, alternating
 */
export function outgoingHeaders(attempt: Attempt): string[] {
  const request = attempt.request as HttpRequest;
  const list = ['accept-encoding', 'identity'];
  if (!declares(request.headers, 'accept')) list.push('accept', request.reader.accept);
  if (request.contentType !== undefined) list.push('content-type', request.contentType);
  pushContextHeaders(list, attempt);
  return list;
}
