import type { ServerResponse } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { type Clock, systemClock } from 'guichet/kernel';
import type { AnyRequest } from 'guichet/observability';
import { answer, type FastifyAnswer } from './answer.js';

/**
 * Room 11, entered only on throw: turns whatever was thrown into `application/problem+json`. Bugs are logged with
 * their stack; the client sees that something is broken, and its request id. Every other failure stands in its request's own
 * line, and is logged here only where requests have none. On Fastify and Express.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('Problem');

  /** @param isRequestLogged  whether every request has a line that tells how it failed */
  constructor(
    private readonly clock: Clock = systemClock,
    private readonly isRequestLogged = false,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<AnyRequest>();
    const response = http.getResponse<FastifyAnswer | ServerResponse>();
    const rawRequest = 'raw' in request ? request.raw : request;
    const { problem, level, isBug } = answer(thrown, rawRequest, response, this.clock);
    const { requestId, status, code } = problem;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    // Node ends a body that the client left unfinished with an error of its own: nobody's bug.
    if (thrown === rawRequest.errored) this.log.debug(`the client went away: ${message}`, { requestId });
    else if (isBug) this.log.error(thrown instanceof Error ? thrown : message, { requestId });
    else if (!this.isRequestLogged) this.log[level](`${status} ${code}: ${message}`, { requestId });
  }
}
