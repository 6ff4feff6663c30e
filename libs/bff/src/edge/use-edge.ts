import fastifyCors from '@fastify/cors';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { answerRouterError } from 'guichet/problem';
import type { HostCheck } from './allowed-hosts.js';
import type { EdgeOptions } from './edge-options.js';
import { useSecurityHeaders } from './security-headers.js';

/** Probes come by address, not by name, and say nothing worth stealing. */
const HEALTH = '/health/';

/**
 * The door, before any room that does work: whose request it is to answer at all, and what browsers are told.
 * @param isOurs  says whether a `Host` is one of the app's
 */
export async function useEdge(
  app: NestFastifyApplication,
  { cors }: EdgeOptions,
  isOurs: HostCheck,
  isSecure: boolean,
): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    const { method, url, headers, rawHeaders } = request.raw;
    // Node keeps the first of two; whoever stands before the app may have kept the second.
    if (hasTwoHosts(rawHeaders)) return answerRouterError({ statusCode: 400 }, request, reply);
    // The absolute form names another authority than Host does, or may; no client of an origin server needs it.
    if (!url!.startsWith('/')) return answerRouterError({ statusCode: 400 }, request, reply);
    if (method === 'TRACE') return answerRouterError({ statusCode: 405 }, request, reply);
    if (!isOurs(headers.host) && !url!.startsWith(HEALTH))
      return answerRouterError({ statusCode: 421 }, request, reply);
    done();
  });
  useSecurityHeaders(app, isSecure);
  if (cors) {
    await app.register(fastifyCors as never, {
      origin: [...cors.origins],
      credentials: cors.credentials,
      maxAge: cors.maxAgeS,
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      strictPreflight: true,
    });
  }
}

function hasTwoHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts > 1;
}
