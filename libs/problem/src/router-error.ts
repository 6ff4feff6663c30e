import type { IncomingMessage } from 'node:http';
import { HttpException } from '@nestjs/common';
import { systemClock } from 'guichet/kernel';
import { arrive, type RequestListeners } from 'guichet/observability';
import { answer, type FastifyAnswer } from './answer.js';

/**
 * Answers with a problem what Fastify's router refuses before any hook or filter runs: a malformed URL, an over-long
 * parameter. Fastify takes it only when it is made: `new FastifyAdapter({ frameworkErrors: answerRouterError })`.
 */
export function answerRouterError(
  error: { readonly statusCode?: number | undefined },
  request: { readonly raw: IncomingMessage },
  reply: unknown,
): void {
  const thrown = error.statusCode === undefined ? error : new HttpException('', error.statusCode, { cause: error });
  answer(thrown, request.raw, reply as FastifyAnswer, systemClock);
}

/** @returns {@link answerRouterError} for an app with listeners: what the router refuses has not passed where they begin to watch */
export function routerErrors(listeners: RequestListeners): typeof answerRouterError {
  return (error, request, reply) => {
    const response = (reply as FastifyAnswer).raw;
    listeners.watch(arrive(request.raw, response, systemClock, undefined), request.raw, response, systemClock);
    answerRouterError(error, request, reply);
  };
}
