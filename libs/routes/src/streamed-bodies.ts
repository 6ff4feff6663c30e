import type { IncomingMessage, ServerResponse } from 'node:http';
import { sayContinue } from './request/expectation.js';

type Done = (error?: Error) => void;
interface Request {
  readonly raw: IncomingMessage;
  readonly routeOptions: { readonly config: Readonly<Record<string, unknown>> };
}
interface Reply {
  readonly raw: ServerResponse;
  send(error: unknown): unknown;
}
type Handler = (this: unknown, request: Request, reply: Reply) => unknown;

/** The little of Fastify that is used here. */
export interface StreamingFastify {
  addHook(
    name: 'onRoute',
    hook: (route: {
      readonly config?: Readonly<Record<string, unknown>>;
      readonly handler: Handler;
      preParsing?: unknown;
    }) => void,
  ): unknown;
  addHook(name: 'onRequest', hook: (request: Request, reply: Reply, done: Done) => void): unknown;
}

/**
 * Keeps Fastify's body parsers from the bodies of some routes: their handler is called where parsing would begin. What a team
 * hooks in before that (`onRequest`, Nest's guards) runs; `preValidation` and `preHandler` do not. All other routes' clients that
 * wait for it are told to send their body.
 * @param key  in a route's Fastify config: whether it is such a one
 */
export function leaveBodies(fastify: StreamingFastify, key: string): void {
  fastify.addHook('onRoute', route => {
    if (route.config?.[key] !== true) return;
    const { handler } = route;
    // Never done: the handler answers.
    route.preParsing = (request: Request, reply: Reply, _payload: unknown, _done: Done): void => {
      const handled = handler.call(fastify, request, reply);
      if (handled instanceof Promise) handled.catch((error: unknown) => void reply.send(error));
    };
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config[key] !== true) sayContinue(request.raw, reply.raw);
    done();
  });
}
