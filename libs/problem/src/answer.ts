import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from 'guichet/kernel';
import { arrive } from 'guichet/observability';
import { type Explanation, explain } from './explain.js';
import { PROBLEM_MEDIA_TYPE } from './problem.js';

/** Fastify's reply, as far as it is used here. */
export interface FastifyAnswer {
  readonly raw: ServerResponse;
  code(status: number): FastifyAnswer;
  headers(headers: Readonly<Record<string, string>>): FastifyAnswer;
  removeHeader(name: string): FastifyAnswer;
  send(body: Buffer): unknown;
}

/** Headers that speak of the body a handler meant to send. */
const BODY_HEADERS = ['content-length', 'content-encoding', 'content-range', 'etag', 'last-modified', 'page-complete'];

/**
 * Answers a request with what may be said of an error, as far as it can still be answered.
 * @returns what was made of the error, for the log
 */
export function answer(
  thrown: unknown,
  request: IncomingMessage,
  response: FastifyAnswer | ServerResponse,
  clock: Clock,
): Explanation {
  const rawResponse = 'raw' in response ? response.raw : response;
  // What the router itself refuses (a malformed URL) has not passed room 1.
  const context = arrive(request, rawResponse, clock, undefined);
  const { requestId } = context;
  const explanation = explain(thrown, requestId, request.method !== 'GET' && request.method !== 'HEAD');
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  context.failure = { code: explanation.problem.code, level: explanation.level, isBug: explanation.isBug, message };
  if (rawResponse.writableEnded || rawResponse.destroyed) return explanation;
  if (rawResponse.headersSent) {
    // Half an answer is out already: better cut off than taken for whole.
    rawResponse.destroy();
    return explanation;
  }
  const { problem, retryAfterSeconds } = explanation;
  const body = Buffer.from(JSON.stringify(problem));
  const headers: Record<string, string> = {
    'content-type': PROBLEM_MEDIA_TYPE,
    'cache-control': 'no-store',
    'x-request-id': requestId,
    'content-length': String(body.length),
    // Who is not known must be told how to say it (RFC 9110, 15.5.2); guards have said so already.
    ...(problem.code === 'identity-missing' && { 'www-authenticate': 'Bearer' }),
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
  };
  for (const name of BODY_HEADERS) response.removeHeader(name);
  if ('raw' in response) {
    // As bytes: to a string Fastify would add a charset, which JSON does not have.
    response.code(problem.status).headers(headers).send(body);
  } else {
    response.statusCode = problem.status;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    // Node keeps the body back from HEAD.
    response.end(body);
  }
  return explanation;
}
