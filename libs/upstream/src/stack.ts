import type { Clock, TimerWheel } from 'guichet/kernel';
import type { Endpoints } from './endpoints.js';
import type { Layer } from './layer.js';
import { AttemptTimeoutLayer } from './layers/attempt-timeout.layer.js';
import { EventsLayer } from './layers/events.layer.js';
import { IdentityLayer } from './layers/identity.layer.js';
import { InstancePickLayer } from './layers/instance-pick.layer.js';
import { RetryLayer } from './layers/retry.layer.js';
import type { UpstreamEvents } from './upstream-events.js';
import type { UpstreamConfig } from './upstream-options.js';

/** What the layers of one upstream are made from. */
export interface StackParts {
  readonly config: UpstreamConfig;
  readonly endpoints: Endpoints;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly events: UpstreamEvents | undefined;
}

/**
 * The layers of one upstream, outermost first: the way of a call, in order. A new layer is one file in `layers/` and
 * one line here; `stack.spec.ts` pins the order.
 */
export function upstreamLayers({ config, endpoints, clock, wheel, random, events }: StackParts): readonly Layer[] {
  return [
    new IdentityLayer(),
    new RetryLayer(endpoints, config.maxRetries),
    new InstancePickLayer(endpoints, random),
    ...(events ? [new EventsLayer(events, clock)] : []),
    new AttemptTimeoutLayer(wheel, clock),
  ];
}
