import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { RequestListeners } from 'guichet/observability';
import { answerRouterErrors } from 'guichet/problem';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BffOptions } from './bff-options.js';

/** Milliseconds a client may take to send its headers. */
const HEADERS_TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 16_384;
/** Longest path parameter in characters, encoded; a longer one is a 414. */
const MAX_PARAM_LENGTH = 512;

/** Who may want an address that no route has. @returns whether it is answered */
export type UnknownAddress = (request: FastifyRequest, reply: FastifyReply) => boolean;

/** Nest on Fastify, with the limits of a BFF. */
export class BffAdapter extends FastifyAdapter {
  /**
   * Asked before an address that no route has is a 404. A route for everything would do the same, but take what a page's own route
   * refuses, too.
   */
  onUnknown: UnknownAddress | undefined = undefined;

  constructor(options: BffOptions, listeners: RequestListeners) {
    super({
      bodyLimit: options.maxBodyBytes,
      requestTimeout: options.requestTimeoutMs,
      keepAliveTimeout: options.keepAliveTimeoutMs,
      http: { headersTimeout: Math.min(HEADERS_TIMEOUT_MS, options.requestTimeoutMs), maxHeaderSize: MAX_HEADER_BYTES },
      routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
      // Forwarded headers are believed by nobody unless they are told whom to believe.
      trustProxy: false,
      // A request on an open connection is answered until the connection closes, not refused with 503.
      return503OnClosing: false,
      forceCloseConnections: 'idle',
      frameworkErrors: answerRouterErrors(listeners),
    });
  }

  override setNotFoundHandler(handler: Parameters<FastifyAdapter['setNotFoundHandler']>[0]) {
    return super.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply): unknown =>
      this.onUnknown?.(request, reply) ? reply : handler(request, reply),
    );
  }
}
