import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RouteReply } from '../answer/client-answer.js';
import type { ServedRoute } from '../served-route.js';
import { switchProtocols } from './switch-protocols.js';
import { Tunnel } from './tunnel.js';
import { upgradeOf } from './upgrade.js';

/**
 * Answers a client's upgrade with 101, and joins its connection with the upstream's.
 * @param headers   the upstream's, as they stood on the wire
 * @param upstream  its connection
 * @param onOver    called once, when both ends are closed
 */
export function openTunnel(
  { answerRule, declared, wheel }: ServedRoute,
  request: IncomingMessage,
  reply: RouteReply,
  headers: readonly Buffer[],
  upstream: Duplex,
  onOver: () => void,
): Tunnel {
  const { socket, head } = upgradeOf(request)!;
  const own = reply.getHeaders();
  reply.raw.statusCode = 101;
  reply.hijack();
  switchProtocols(socket, own, answerRule.readHandshake(headers, own, ''));
  const tunnel = new Tunnel(socket, upstream, wheel, declared.config.limits.idleTimeoutMs, onOver);
  tunnel.open(head);
  return tunnel;
}
