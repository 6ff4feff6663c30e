import type { IncomingMessage } from 'node:http';
import { HttpException } from '@nestjs/common';
import { systemClock } from 'guichet/kernel';
import { type AnswerHeaders, arrive, type RequestListeners } from 'guichet/observability';
import { answer, type FastifyAnswer } from './answer.js';

/**
 * Answers with a problem what Fastify's router refuses before any hook or filter runs: a malformed URL, an over-long
 * parameter. Fastify takes it only when it is made: `new FastifyAdapter({ frameworkErrors: answerRouterErrors() })`.
 * @param listeners  told of these requests, too, once they are over
 */
export function answerRouterErrors(listeners?: RequestListeners) {
  return (
    error: { readonly statusCode?: number | undefined },
    request: { readonly raw: IncomingMessage },
    reply: unknown,
  ): void => {
    const fastifyReply = reply as FastifyAnswer & AnswerHeaders;
    if (listeners?.isNeeded) {
      const context = arrive(request.raw, fastifyReply.raw, systemClock, undefined);
      listeners.watch(context, request.raw, fastifyReply.raw, systemClock, fastifyReply);
    }
    const thrown = error.statusCode === undefined ? error : new HttpException('', error.statusCode, { cause: error });
    answer(thrown, request.raw, fastifyReply, systemClock);
  };
}

/** The same, where nobody listens. */
export const answerRouterError = answerRouterErrors();
