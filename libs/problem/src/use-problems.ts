import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { type Clock, systemClock } from 'guichet/kernel';
import { answerClientErrors } from './client-error.js';
import { ProblemFilter } from './problem.filter.js';

/**
 * Makes every error of the app `application/problem+json`, also those of routes nobody has and of unreadable requests.
 * A Fastify adapter also wants {@link answerRouterError} when it is made, which is the only moment it takes it.
 * @param isRequestLogged  whether every request has a line that tells how it failed: then bugs alone are logged here
 */
export function useProblems(app: INestApplication, clock: Clock = systemClock, isRequestLogged = false): void {
  app.useGlobalFilters(new ProblemFilter(clock, isRequestLogged));
  answerClientErrors(app.getHttpServer() as Server);
}
