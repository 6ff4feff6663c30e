import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, type LiveSettings, RequestContext } from 'guichet/kernel';
import { watchDeparture } from './departure.js';
import type { LocaleMatcher } from './locale-matcher.js';
import { isRepetition } from './repetition.js';
import { requestId } from './request-id.js';
import type { RequestMarks } from './tracing/request-marks.js';
import { traceContext } from './trace-context.js';
import type { Wishes } from './wishes.js';

const CONTEXT = Symbol('guichet.requestContext');

type Carrier = IncomingMessage & { [CONTEXT]?: RequestContext };

/** A request of Fastify, of Express, or of `node:http` itself. */
export type AnyRequest = IncomingMessage | { readonly raw: IncomingMessage };

/** @returns the context that room 1 gave a request at its arrival, or undefined where it has not passed there */
export function contextOf(request: AnyRequest): RequestContext | undefined {
  return ((request as { raw?: Carrier }).raw ?? (request as Carrier))[CONTEXT];
}

/**
 * Gives a request its context: id, trace, locale, the instant of its arrival, and word when the client goes away.
 * A request that has one keeps it.
 * @param marks   decides whether its trace is recorded, and whether it may see it
 * @param live    what it goes by from now on, whatever changes
 * @param wishes  hears which subsets of upstreams it wishes; undefined: none is heard
 */
export function arrive(
  request: IncomingMessage,
  response: ServerResponse,
  clock: Clock,
  locales: LocaleMatcher | undefined,
  marks: RequestMarks | undefined = undefined,
  live: LiveSettings | undefined = undefined,
  wishes: Wishes | undefined = undefined,
): RequestContext {
  const known = (request as Carrier)[CONTEXT];
  if (known !== undefined) return known;
  const headers = request.headers;
  const trace = traceContext(headers['traceparent'], headers['tracestate']);
  const sampled = marks?.sample(trace, request);
  const context = new RequestContext(
    requestId(headers['x-request-id']),
    clock.now(),
    sampled?.traceparent ?? trace.traceparent,
    trace.tracestate,
  );
  if (locales !== undefined) context.locale = locales.match(headers['accept-language']);
  if (live !== undefined) context.settings = live.current;
  context.isRepetition = isRepetition(request);
  if (wishes !== undefined) context.wish = wishes.of(request);
  if (marks !== undefined) {
    context.sampled = sampled;
    context.wantsTrace = marks.wantsTrace(request);
  }
  (request as Carrier)[CONTEXT] = context;
  watchDeparture(context, request.socket, response);
  return context;
}
