import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PageTrace, RequestContext } from 'guichet/kernel';
import type { Logger } from 'pino';
import type { FinishedRequest, RequestListener } from '../request-listeners.js';
import { tenths } from '../tenths.js';
import { waterfallOf } from '../waterfall/waterfall.js';
import type { Redactor } from './redact/redactor.js';
import { shortWaterfall } from './short-waterfall.js';
import { traceIdOf } from './trace-id.js';

/** The `context` of a request's line. */
export const REQUEST_CONTEXT = 'Request';

type Level = 'error' | 'warn' | 'info' | 'debug';

/** Routes that orchestrators ask every second. */
const PROBES = '/health/';
const MAX_PATH_LENGTH = 200;
const MAX_ERROR_LENGTH = 500;

/**
 * One line a request, once it is over: who it was, what became of it, how long it took; of a page that was slow or is not
 * whole, where the time went. Routes are templates: no value of a client's stands in a line, but for its request id.
 * @see docs/logs.md
 */
export class AccessLog implements RequestListener {
  readonly needsTraces = true;
  private readonly log: Logger;
  private readonly isDebugged: boolean;

  /**
   * @param log            whose level is final. It looks for no secrets, which would cost more than the line: what stands in one is
   *                       the framework's own, and the rest goes through the redactor here
   * @param slowPageRatio  the part of its budget from which on a page is slow
   */
  constructor(
    log: Logger,
    private readonly redactor: Redactor,
    private readonly slowPageRatio: number,
  ) {
    this.log = log.child({ context: REQUEST_CONTEXT });
    this.isDebugged = log.isLevelEnabled('debug');
  }

  finished({ context, request, response, answer = response, endedAt }: FinishedRequest): void {
    const { trace, failure, departed } = context;
    const route = context.route;
    if (!this.isDebugged && route?.startsWith(PROBES)) return;
    const isAnswered = response.headersSent;
    const status = isAnswered ? response.statusCode : undefined;
    const outcome = departed ? 'departed' : (trace?.outcome ?? ((status ?? 500) < 400 ? 'complete' : 'failed'));
    const level = levelOf(outcome, status ?? 500, route, failure);
    if (!this.log.isLevelEnabled(level)) return;
    const isSlow = trace !== undefined && slowness(trace, endedAt) >= this.slowPageRatio;
    const isTold = isSlow || outcome === 'degraded' || (outcome === 'failed' && (status ?? 500) >= 500);
    this.log[level](
      {
        requestId: context.requestId,
        traceId: traceIdOf(context),
        method: request.method,
        route,
        path: this.isDebugged && isForAnything(route) ? this.redactor.text(pathOf(request)) : undefined,
        page: trace?.plan.name,
        status,
        ms: tenths(endedAt - context.startedAt),
        bytes: departed ? undefined : bytesOf(request, response, answer),
        outcome,
        code: failure?.code,
        // A bug's words stand with its stack; what a client did wrong may quote what it sent.
        error:
          failure !== undefined && !failure.isBug && level !== 'info'
            ? this.redactor.text(cut(failure.message))
            : undefined,
        slow: isSlow || undefined,
        waterfall: isTold && trace !== undefined ? shortWaterfall(waterfallOf(trace, context, endedAt)) : undefined,
      },
      'request',
    );
  }
}

function levelOf(
  outcome: string,
  status: number,
  route: string | undefined,
  failure: RequestContext['failure'],
): Level {
  if (route?.startsWith(PROBES)) return 'debug';
  if (outcome === 'departed') return 'info';
  if (status >= 500) return failure?.isBug || failure?.level === 'error' ? 'error' : 'warn';
  return outcome === 'degraded' ? 'warn' : 'info';
}

/** @returns the part of the budget that was used, the client's slow reading aside */
function slowness({ startedAt, endedAt, budgetMs }: PageTrace, at: number): number {
  return ((endedAt ?? at) - startedAt) / budgetMs;
}

/** @returns whether a route says nothing of what was asked for: nobody has it, or a wildcard does */
function isForAnything(route: string | undefined): boolean {
  return route === undefined || route.endsWith('*');
}

/** Of what was asked for; no query, nothing that a terminal would obey. */
function pathOf({ url = '' }: IncomingMessage): string {
  const mark = url.indexOf('?');
  return (mark === -1 ? url : url.slice(0, mark)).slice(0, MAX_PATH_LENGTH).replace(/[^\x21-\x7e]/g, '?');
}

function bytesOf(
  { method }: IncomingMessage,
  { statusCode }: ServerResponse,
  answer: { getHeader(name: string): unknown },
): number | undefined {
  if (method === 'HEAD' || statusCode === 304 || statusCode === 204) return 0;
  const length = answer.getHeader('content-length');
  return length === undefined ? undefined : Number(length);
}

function cut(text: string): string {
  return text.length > MAX_ERROR_LENGTH ? `${text.slice(0, MAX_ERROR_LENGTH)}…` : text;
}
