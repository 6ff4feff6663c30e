import { RetryBudget } from 'guichet/resilience';
import type { Endpoints } from './endpoints.js';
import type { Layer } from './layer.js';
import { AttemptTimeoutLayer } from './layers/attempt-timeout.layer.js';
import { BulkheadLayer } from './layers/bulkhead.layer.js';
import { CircuitBreakerLayer } from './layers/circuit-breaker.layer.js';
import { DeadlineLayer } from './layers/deadline.layer.js';
import { DeprecationLayer } from './layers/deprecation.layer.js';
import { EventsLayer } from './layers/events.layer.js';
import { IdentityLayer } from './layers/identity.layer.js';
import { HedgingLayer } from './layers/hedging.layer.js';
import { InstancePickLayer } from './layers/instance-pick.layer.js';
import { RetryLayer } from './layers/retry.layer.js';
import { SingleflightLayer } from './layers/singleflight.layer.js';
import { SubsetLayer } from './layers/subset.layer.js';
import { TraceLayer } from './layers/trace.layer.js';
import type { StackParts } from './stack-parts.js';
import type { SubsetParts } from './subsets/subset-parts.js';
import { UpstreamLatency } from './upstream-latency.js';
import type { RuntimeParts } from './upstream-runtime.js';
import type { UpstreamSettings } from './upstream-settings.js';

/**
 * The layers of one upstream, outermost first: the way of a call, in order. A new layer is one file in `layers/` and
 * one line here; `stack.spec.ts` pins the order.
 */
export function upstreamLayers(parts: StackParts): readonly Layer[] {
  const { clock, wheel, events, deprecatedCalls, subsets } = parts;
  return [
    ...(parts.isTraced ? [new TraceLayer(clock)] : []),
    ...(deprecatedCalls?.includes(parts.upstream) ? [new DeprecationLayer(deprecatedCalls)] : []),
    new DeadlineLayer(parts),
    ...(subsets ? [new SubsetLayer(parts, subsets.subsets, subsets.cohorts)] : []),
    // A cache's place: its hits need no flight, its misses and refreshes share one.
    new SingleflightLayer(parts),
    new IdentityLayer(),
    new BulkheadLayer(parts),
    new RetryLayer(parts),
    new HedgingLayer(parts),
    new CircuitBreakerLayer(parts),
    new InstancePickLayer(parts),
    ...(events ? [new EventsLayer(events, clock)] : []),
    new AttemptTimeoutLayer(wheel, clock),
  ];
}

/** Makes what the layers of one upstream have in common. */
export function stackParts(
  upstream: string,
  shared: Omit<RuntimeParts, 'identity'>,
  settings: UpstreamSettings,
  endpoints: Endpoints,
  subsets: SubsetParts | undefined = undefined,
): StackParts {
  const { retryBudgetRatio, retryBudgetMin } = settings.config;
  const retryBudget = new RetryBudget(retryBudgetRatio, 10_000, retryBudgetMin);
  settings.onChange(config => retryBudget.allow(config.retryBudgetRatio, config.retryBudgetMin));
  const events = shared.metrics ? shared.metrics.of(upstream, shared.events, subsets?.subsets) : shared.events;
  return { ...shared, events, upstream, settings, endpoints, subsets, latency: new UpstreamLatency(), retryBudget };
}
