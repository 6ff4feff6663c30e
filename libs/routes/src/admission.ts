import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpException, NotFoundException, UnauthorizedException } from '@nestjs/common';
import type { RequestContext } from 'guichet/kernel';
import type { RouteReply } from './answer/client-answer.js';
import { segmentOf } from './declaration/route-path.js';
import { contentOf } from './request/content.js';
import type { ServedRoute } from './served-route.js';
import { checkOrigin } from './upgrade/origin-check.js';
import { upgradeOf } from './upgrade/upgrade.js';

/** What is known of a request that is let in. */
export interface Admission {
  /** The path and query for the upstream. */
  readonly target: string;
  /** Bytes of its body; undefined: it ends when it ends. */
  readonly content: number | undefined | 'none';
}

/**
 * Checks what can be checked without asking the upstream, in the order a client may learn of it.
 * @throws HttpException  401, 404, 410, 400, 413, 501, 426, 403
 */
export function admit(
  route: ServedRoute,
  request: IncomingMessage,
  reply: RouteReply,
  context: RequestContext,
): Admission {
  const { declared, deprecated } = route;
  const { limits, upgrade, origins } = declared.config;
  if (route.needsPrincipal && context.principal === undefined) throw new UnauthorizedException('No credentials.');
  const target = route.target(request.url!);
  if (target === undefined) throw new NotFoundException();
  const retired = deprecated?.enter(context, request, reply, segmentOf(declared.path, request.url!));
  if (retired !== undefined) throw retired;
  const content = contentOf(request, limits.maxRequestBytes);
  if (upgrade !== undefined) checkUpgrade(request, reply.raw, origins);
  return { target, content };
}

function checkUpgrade(request: IncomingMessage, response: ServerResponse, origins: readonly string[]): void {
  if (upgradeOf(request) === undefined) {
    response.setHeader('Upgrade', 'websocket');
    response.setHeader('Connection', 'Upgrade');
    throw new HttpException('This is a WebSocket.', 426);
  }
  checkOrigin(request, origins);
}
