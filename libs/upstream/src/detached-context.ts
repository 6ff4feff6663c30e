import { randomUUID } from 'node:crypto';
import { type CallContext, type Clock, RequestContext, systemClock } from 'guichet/kernel';

/** What a call outside of any request is known by. */
export interface DetachedOptions {
  /** Milliseconds from now within which all calls made with the context end. */
  readonly deadlineMs: number;
  /** What logs and upstreams call it; a random UUID if left out. */
  readonly requestId?: string;
  /** BCP 47, sent as `Accept-Language`. */
  readonly locale?: string;
  /** Where time comes from: the clock of the app, in tests a manual one. */
  readonly clock?: Clock;
}

/**
 * A context for calls that no client asked for: a scheduled job, a warm-up, a test. Nobody is signed in to it.
 * ```ts
 * this.catalog.in(detachedContext({ deadlineMs: 2_000 })).product('42')
 * ```
 * @throws RangeError  if `deadlineMs` is not above 0
 */
export function detachedContext(options: DetachedOptions): CallContext {
  const { deadlineMs, requestId = randomUUID(), locale, clock = systemClock } = options;
  if (!(deadlineMs > 0)) throw new RangeError('deadlineMs must be above 0');
  const now = clock.now();
  const request = new RequestContext(requestId, now);
  request.locale = locale;
  return { request, deadlineAt: now + deadlineMs };
}
