import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_NETWORK_PROTOCOL_VERSION,
  ATTR_URL_SCHEME,
} from '@opentelemetry/semantic-conventions';
import type { FinishedRequest } from '../../request-listeners.js';
import { numberAttribute, textAttribute } from './attribute.js';
import { HTTP_METHODS } from './http-methods.js';
import { SERVER, spanWords } from './span-words.js';

/** Routes whose words are remembered. */
const MAX_ROUTES = 512;

/** What the spans of requests say. No path, address or header of the client's is in it. */
export class RequestWords {
  /** Of a plain request that was answered well, by route. */
  private readonly answered = new Map<string, string>();

  /** Says what was asked and answered. */
  of(finished: FinishedRequest): string {
    const { route } = finished.context;
    if (route === undefined || !isPlain(finished)) return requestWords(finished);
    let words = this.answered.get(route);
    if (words === undefined) {
      words = requestWords(finished);
      if (this.answered.size < MAX_ROUTES) this.answered.set(route, words);
    }
    return words;
  }
}

function isPlain({ request, response }: FinishedRequest): boolean {
  return (
    response.statusCode === 200 &&
    response.headersSent &&
    request.method === 'GET' &&
    request.httpVersion === '1.1' &&
    !isEncrypted(request)
  );
}

function requestWords({ context, request, response }: FinishedRequest): string {
  const method = HTTP_METHODS.has(request.method!) ? request.method! : '_OTHER';
  // A client that left before it saw any has none.
  const status = response.headersSent ? response.statusCode : undefined;
  // What the client did wrong is none of ours.
  const isError = status !== undefined && status >= 500;
  const { route } = context;
  return spanWords(route === undefined ? method : `${method} ${route}`, SERVER, isError, [
    textAttribute(ATTR_HTTP_REQUEST_METHOD, method),
    textAttribute(ATTR_URL_SCHEME, isEncrypted(request) ? 'https' : 'http'),
    textAttribute(ATTR_NETWORK_PROTOCOL_VERSION, request.httpVersion),
    ...(route === undefined ? [] : [textAttribute(ATTR_HTTP_ROUTE, route)]),
    ...(status === undefined ? [] : [numberAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, status)]),
    ...(isError ? [textAttribute(ATTR_ERROR_TYPE, context.trace?.code ?? String(status))] : []),
  ]);
}

function isEncrypted({ socket }: FinishedRequest['request']): boolean {
  return 'encrypted' in socket;
}
