import type { IncomingMessage } from 'node:http';
import { HttpException } from '@nestjs/common';
import { systemClock } from 'guichet/kernel';
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
