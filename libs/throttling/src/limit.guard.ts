import type { IncomingMessage } from 'node:http';
import { type ExecutionContext, Inject, Injectable, Optional, type Type } from '@nestjs/common';
import { ThrottlerException, ThrottlerGuard } from '@nestjs/throttler';
import { type AppliedLimit, appliedLimits } from './applied-limit.js';
import { LiveLimits } from './live-limits.js';
import { type Hit, LimitStore } from './limit-store.js';
import { rateLimitMember } from './rate-limit-headers.js';
import { declaredCost, DefaultCost } from './request-cost.js';
import { THROTTLING_OPTIONS, type ThrottlingOptions } from './throttling.options.js';
import { type LimitRecorder, ThrottlingMetrics } from './throttling-metrics.js';
import { type Tracker, type TrackerName, trackers } from './trackers.js';

/** A limit of a handler, and who counts what it decides. */
interface CountedLimit extends AppliedLimit {
  readonly recorder: LimitRecorder | undefined;
}

interface Plan {
  /** What it was made of. */
  readonly options: ThrottlingOptions;
  readonly limits: readonly CountedLimit[];
  readonly cost: number;
}

/**
 * Admits a request that fits all limits of its handler, or refuses it with 429. An ordinary `ThrottlerGuard` to Nest, so that
 * `@Throttle` and `@SkipThrottle` hold; what a handler is under is worked out once, and a store in memory answers without a promise.
 */
@Injectable()
export abstract class LimitGuard extends ThrottlerGuard {
  @Inject(THROTTLING_OPTIONS) private readonly settings!: ThrottlingOptions;
  @Inject(LimitStore) private readonly store!: LimitStore;
  @Optional() @Inject(DefaultCost) private readonly defaultCost?: DefaultCost;
  @Optional() @Inject(LiveLimits) private readonly live?: LiveLimits;
  @Optional() @Inject(ThrottlingMetrics) private readonly metrics?: ThrottlingMetrics;

  /** Which limits this guard looks after. */
  protected abstract readonly trackerNames: readonly TrackerName[];
  private readonly plans = new Map<Type, Map<Function, Plan>>();
  private trackers: Record<TrackerName, Tracker> | undefined;

  // The base class would sort limits that live elsewhere, and warn that there are none.
  override async onModuleInit(): Promise<void> {}

  // @ts-expect-error the base class always promises; Nest takes a plain answer as well, which costs less
  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const options = this.live === undefined ? this.settings : this.live.of(this.partsOf(context).request);
    const { limits, cost } = this.planOf(options, context.getClass(), context.getHandler());
    if (limits.length === 0) return true;
    const { request, reply } = this.partsOf(context);
    return this.admit(limits, 0, cost, request, reply);
  }

  private partsOf(context: ExecutionContext): {
    readonly request: IncomingMessage;
    readonly reply: Record<string, unknown>;
  } {
    const { req, res } = this.getRequestResponse(context);
    return { request: ((req as { raw?: IncomingMessage }).raw ?? req) as IncomingMessage, reply: res };
  }

  private admit(
    limits: readonly CountedLimit[],
    from: number,
    cost: number,
    request: IncomingMessage,
    reply: Record<string, unknown>,
  ): boolean | Promise<boolean> {
    for (let at = from; at < limits.length; at++) {
      const limit = limits[at]!;
      const who = limit.tracker(request);
      if (who === undefined) continue;
      const hit = this.store.hit(limit.scope + who, cost, limit);
      if (hit instanceof Promise) {
        return hit.then(known => {
          this.judge(limit, known, reply);
          return this.admit(limits, at + 1, cost, request, reply);
        });
      }
      this.judge(limit, hit, reply);
    }
    return true;
  }

  private judge(limit: CountedLimit, hit: Hit, reply: Record<string, unknown>): void {
    append(reply, 'RateLimit-Policy', limit.policy);
    append(reply, 'RateLimit', rateLimitMember(limit.name, limit, hit));
    if (hit.admitted) {
      limit.recorder?.admitted.increment();
      return;
    }
    limit.recorder?.refused.increment();
    this.setResponseHeader(reply, 'Retry-After', String(Math.max(1, Math.ceil(hit.resetMs / 1000))));
    throw new ThrottlerException('Too many requests.');
  }

  private planOf(options: ThrottlingOptions, controller: Type, handler: Function): Plan {
    let handlers = this.plans.get(controller);
    if (!handlers) this.plans.set(controller, (handlers = new Map()));
    let plan = handlers.get(handler);
    // Requests that arrived before a change and after it may take turns for a moment.
    if (!plan || plan.options !== options) {
      this.trackers ??= trackers(this.settings);
      plan = {
        options,
        limits: appliedLimits(options, this.trackers, this.trackerNames, controller, handler).map(limit => ({
          ...limit,
          recorder: this.metrics?.of(limit.name),
        })),
        cost: declaredCost(controller, handler) ?? this.defaultCost?.of(controller) ?? 1,
      };
      handlers.set(handler, plan);
    }
    return plan;
  }
}

/** Room 2: limits by address and by API key, before anybody is asked who they are. */
@Injectable()
export class AddressThrottlerGuard extends LimitGuard {
  protected override readonly trackerNames = ['address', 'api-key'] as const;
}

/** Room 4: limits by principal, once it is known. */
@Injectable()
export class PrincipalThrottlerGuard extends LimitGuard {
  protected override readonly trackerNames = ['principal'] as const;
}

interface Reply {
  getHeader(name: string): unknown;
  header?(name: string, value: string): unknown;
  setHeader?(name: string, value: string): unknown;
}

function append(reply: unknown, name: string, member: string): void {
  const set = (reply as Reply).getHeader(name);
  const value = typeof set === 'string' ? `${set}, ${member}` : member;
  if ((reply as Reply).header) (reply as Reply).header!(name, value);
  else (reply as Reply).setHeader!(name, value);
}
