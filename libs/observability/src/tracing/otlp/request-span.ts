import type { IncomingMessage } from 'node:http';
import { type Attributes, SpanKind } from '@opentelemetry/api';
import type { PageTrace, RequestContext } from 'guichet/kernel';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_NETWORK_PROTOCOL_VERSION,
  ATTR_URL_SCHEME,
} from '@opentelemetry/semantic-conventions';
import type { FinishedRequest } from '../../request-listeners.js';
import { waterfallOf } from '../../waterfall/waterfall.js';
import {
  BOUND_BY_CALL,
  BOUND_BY_SECTION,
  BOUND_BY_UPSTREAM,
  CRITICAL_PATH,
  DEPARTED,
  PAGE,
  PAGE_BUDGET,
  PAGE_CODE,
  PAGE_GUARDS,
  PAGE_OUTCOME,
  REQUEST_ID,
  RESPONSE_BODY_SIZE,
} from './attributes.js';
import { HTTP_METHODS } from './http-methods.js';
import type { ToldSpan } from './trace-spans.js';

/** Tells the request itself, and the page where it was for one. No path, address or header of the client's is in it. */
export function requestSpan({ context, request, response, endedAt }: FinishedRequest): ToldSpan {
  const method = HTTP_METHODS.has(request.method!) ? request.method! : '_OTHER';
  const route = context.sampled?.route ?? routeOfExpress(request);
  // A client that left before the answer saw no status.
  const status = response.headersSent ? response.statusCode : undefined;
  const isError = status !== undefined && status >= 500;
  return {
    name: route === undefined ? method : `${method} ${route}`,
    kind: SpanKind.SERVER,
    startedAt: context.startedAt,
    endedAt,
    attributes: {
      [ATTR_HTTP_REQUEST_METHOD]: method,
      [ATTR_URL_SCHEME]: 'encrypted' in request.socket ? 'https' : 'http',
      [ATTR_NETWORK_PROTOCOL_VERSION]: request.httpVersion,
      ...(route !== undefined && { [ATTR_HTTP_ROUTE]: route }),
      ...(status !== undefined && { [ATTR_HTTP_RESPONSE_STATUS_CODE]: status }),
      ...(isError && { [ATTR_ERROR_TYPE]: context.trace?.code ?? String(status) }),
      ...(context.departed && { [DEPARTED]: true }),
      [REQUEST_ID]: context.requestId,
      ...(context.trace !== undefined && pageAttributes(context.trace, context, endedAt)),
    },
    isError,
  };
}

function pageAttributes(trace: PageTrace, context: RequestContext, at: number): Attributes {
  const { page, outcome, code, budgetMs, guardsMs, bytes, criticalPath, boundBy } = waterfallOf(trace, context, at);
  return {
    [PAGE]: page,
    ...(outcome !== undefined && { [PAGE_OUTCOME]: outcome }),
    ...(code !== undefined && { [PAGE_CODE]: code }),
    [PAGE_BUDGET]: budgetMs,
    [PAGE_GUARDS]: guardsMs,
    ...(bytes > 0 && { [RESPONSE_BODY_SIZE]: bytes }),
    ...(criticalPath.length > 0 && { [CRITICAL_PATH]: [...criticalPath] }),
    ...(boundBy !== undefined && { [BOUND_BY_SECTION]: boundBy.section }),
    ...(boundBy?.upstream !== undefined && { [BOUND_BY_UPSTREAM]: boundBy.upstream, [BOUND_BY_CALL]: boundBy.call! }),
  };
}

/** Express leaves the route on its request, once it is found. */
function routeOfExpress(request: IncomingMessage): string | undefined {
  const path = (request as { route?: { path?: unknown } }).route?.path;
  return typeof path === 'string' ? path : undefined;
}
