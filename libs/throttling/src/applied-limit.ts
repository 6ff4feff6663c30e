import type { Type } from '@nestjs/common';
import type { Limit } from './limit-store.js';
import { policyMember } from './rate-limit-headers.js';
import type { ThrottlingOptions } from './throttling.options.js';
import type { Tracker, TrackerName } from './trackers.js';

/** A limit as it stands for one handler: what `@Throttle` and `@SkipThrottle` say is worked in. */
export interface AppliedLimit extends Limit {
  readonly name: string;
  /** What keys begin with: the limit's name, and the handler's where it has a limit of its own. */
  readonly scope: string;
  readonly tracker: Tracker;
  /** The limit's member of `RateLimit-Policy`. */
  readonly policy: string;
}

/**
 * Works out which of an app's limits a handler is under.
 * `@Throttle({ name: { limit, ttl } })` gives the handler its own; `@SkipThrottle()` takes it out of all, `@SkipThrottle({ name: true })` of one.
 * @param reflect  reads a decorator's metadata, the handler's before the controller's
 * @throws TypeError  if `@Throttle` computes its numbers by a function: a limit is fixed at boot
 */
export function appliedLimits(
  options: ThrottlingOptions,
  trackers: Record<TrackerName, Tracker>,
  of: readonly TrackerName[],
  controller: Type,
  handler: Function,
): readonly AppliedLimit[] {
  const read = (key: string): unknown => Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, controller);
  const place = `${controller.name}.${handler.name}`;
  if (read('THROTTLER:SKIPdefault') === true) return [];
  return Object.entries(options.limits)
    .filter(([name, limit]) => of.includes(limit.tracker) && read(`THROTTLER:SKIP${name}`) !== true)
    .map(([name, declared]) => {
      const own = {
        limit: read(`THROTTLER:LIMIT${name}`),
        windowMs: read(`THROTTLER:TTL${name}`),
        blockMs: read(`THROTTLER:BLOCK_DURATION${name}`),
      };
      if (Object.values(own).some(value => value !== undefined && typeof value !== 'number')) {
        throw new TypeError(`@Throttle on ${place}: '${name}' must be given as numbers`);
      }
      const isOwn = own.limit !== undefined || own.windowMs !== undefined;
      const limit: Limit = {
        limit: (own.limit as number | undefined) ?? declared.limit,
        windowMs: (own.windowMs as number | undefined) ?? declared.windowMs,
        blockMs: (own.blockMs as number | undefined) ?? declared.blockMs,
      };
      return {
        ...limit,
        name,
        scope: isOwn ? `${name}:${place}:` : `${name}:`,
        tracker: trackers[declared.tracker],
        policy: policyMember(name, limit),
      };
    });
}
