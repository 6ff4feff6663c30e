import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { contextOf } from 'guichet/observability';
import type { BffAdapter } from './bff-adapter.js';

/** What the client's own routes may not take: the app's doors. */
const RESERVED = /^\/(?:pages|api|bff|health|docs|openapi\.json|\.well-known)(?:[/?]|$)/;
const YEAR_S = 31_536_000;
/** What metrics and logs call the addresses of the client's own router. */
const CLIENT_ROUTE = '/*';

/**
 * Serves a built browser client at `/`: its files, and `index.html` for the addresses that its own router knows.
 * Each file is a route of its own, so none can stand before a page; an address that is no page's is the client's if people ask for it.
 * @param root  the folder of `index.html`, absolute; without one there, a warning is logged and nothing served
 */
export async function useClient(app: NestFastifyApplication, adapter: BffAdapter, root: string): Promise<void> {
  if (!existsSync(join(root, 'index.html'))) {
    new Logger('Client').warn(`there is no index.html in ${root}: the browser client is not served`);
    return;
  }
  const assets = join(root, 'assets') + sep;
  await app.register(fastifyStatic, {
    root,
    wildcard: false,
    // What the bundler named by its content never changes; everything else is asked for again.
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isHashed = path.startsWith(assets);
      void reply.header('Cache-Control', isHashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
    },
  });
  adapter.onUnknown = (request, reply) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const isForPeople = request.headers.accept?.includes('text/html') ?? false;
    if (!isRead || !isForPeople || RESERVED.test(request.url)) return false;
    contextOf(request.raw)!.route = CLIENT_ROUTE;
    void reply.sendFile('index.html');
    return true;
  };
}
