import type { ServerResponse } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { type Clock, systemClock } from 'guichet/kernel';
import type { AnyRequest } from 'guichet/observability';
import { answer, type FastifyAnswer } from './answer.js';

/**
 * Room 11, entered only on throw: turns whatever was thrown into `application/problem+json`. Bugs are logged with
 * their stack; the client sees that something is broken, and its request id. On Fastify and Express.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('Problem');

  constructor(private readonly clock: Clock = systemClock) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<AnyRequest>();
    const response = http.getResponse<FastifyAnswer | ServerResponse>();
    const rawRequest = 'raw' in request ? request.raw : request;
    const { problem, level, isBug } = answer(thrown, rawRequest, response, this.clock);
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    const full = thrown instanceof Error ? (thrown.stack ?? message) : message;
    // Node ends a body that the client left unfinished with an error of its own: nobody's bug.
    if (thrown === rawRequest.errored) this.log.debug(`${problem.requestId} the client went away: ${message}`);
    else if (isBug) this.log.error(`${problem.requestId} ${full}`);
    else this.log[level](`${problem.requestId} ${problem.status} ${problem.code}: ${message}`);
  }
}
