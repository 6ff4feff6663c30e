import type { IncomingMessage, ServerResponse } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { type Clock, type LiveSettings, type RequestContext, systemClock } from 'guichet/kernel';
import { LocaleMatcher } from './locale-matcher.js';
import { arrive } from './request-context.js';
import type { AnswerHeaders, RequestListeners } from './request-listeners.js';
import { type WishOptions, Wishes } from './wishes.js';

/** How requests get their context. */
export interface RequestContextOptions {
  /** BCP 47 tags of the languages the app speaks, the default first; without any, `context.locale` stays undefined. */
  readonly locales?: readonly string[];
  /** Who is told of every request once it is over. */
  readonly listeners?: RequestListeners;
  /** What may be changed while the app runs: every request takes along what holds when it arrives. */
  readonly live?: LiveSettings | undefined;
  /** How requests may say which subsets of upstreams they want; without it, none is heard. */
  readonly wishes?: WishOptions | undefined;
  /** Where time comes from. */
  readonly clock?: Clock;
}

/**
 * Room 1: every request of the app gets its `RequestContext` before any other room sees it, and every answer its
 * `X-Request-Id`. On Fastify and Express. Call it right after the app is created.
 * @throws RangeError  if a locale is not a BCP 47 tag
 */
export function useRequestContext(app: INestApplication, options: RequestContextOptions = {}): void {
  const clock = options.clock ?? systemClock;
  const locales = options.locales?.length ? new LocaleMatcher(options.locales) : undefined;
  const listeners = options.listeners?.isNeeded ? options.listeners : undefined;
  const marks = options.listeners?.marks;
  const wishes = options.wishes && new Wishes(options.wishes);
  const begin = (request: IncomingMessage, response: ServerResponse, answer?: AnswerHeaders): RequestContext => {
    const context = arrive(request, response, clock, locales, marks, options.live, wishes);
    listeners?.watch(context, request, response, clock, answer);
    return context;
  };
  const adapter = app.getHttpAdapter();
  if (adapter.getType() === 'fastify') {
    (adapter.getInstance() as FastifyHooks).addHook('onRequest', (request, reply, done) => {
      const context = begin(request.raw, reply.raw, reply);
      context.route = request.routeOptions?.url;
      // On Fastify's reply, not on the raw response: that keeps Node on the fast path of `writeHead`.
      reply.header('x-request-id', context.requestId);
      done();
    });
  } else {
    app.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
      response.setHeader('X-Request-Id', begin(request, response).requestId);
      next();
    });
  }
}

/** The little of Fastify that is used here, so that an app on Express needs no Fastify. */
interface FastifyHooks {
  addHook(
    name: 'onRequest',
    hook: (
      request: { readonly raw: IncomingMessage; readonly routeOptions?: { readonly url?: string | undefined } },
      reply: AnswerHeaders & { readonly raw: ServerResponse; header(name: string, value: string): unknown },
      done: () => void,
    ) => void,
  ): unknown;
}
