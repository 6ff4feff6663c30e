import type { RequestContext } from 'guichet/kernel';
import { serverTiming, waterfallOf } from 'guichet/observability';
import { headerOf, type PageReply, setHeader } from './reply.js';
import type { ServedPage } from './served-page.js';

/**
 * Tells who asks what happened so far, in a `Server-Timing` header, where it may know.
 * @returns whether it was told
 */
export function showTrace({ runtime }: ServedPage, context: RequestContext, reply: PageReply): boolean {
  const { wantsTrace, trace } = context;
  if (!wantsTrace || trace === undefined) return false;
  const told = serverTiming(waterfallOf(trace, context, runtime.clock.now()));
  const earlier = headerOf(reply, 'server-timing');
  setHeader(reply, 'server-timing', earlier === undefined ? told : `${earlier}, ${told}`);
  return true;
}
