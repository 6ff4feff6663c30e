import type { BreakerState, EjectionCause } from 'guichet/resilience';
import type { Endpoint } from './endpoint.js';
import type { Layer } from './layer.js';
import { BulkheadLayer } from './layers/bulkhead.layer.js';
import { CircuitBreakerLayer } from './layers/circuit-breaker.layer.js';
import type { StackParts } from './stack-parts.js';

/** What is thought of an instance. Durations in milliseconds. */
export type InstanceCondition =
  | { readonly kind: 'serving' }
  | { readonly kind: 'warming-up' }
  | {
      readonly kind: 'ejected';
      readonly cause: EjectionCause;
      readonly sinceMs: number;
      /** Until it is called again whatever happens. */
      readonly leftMs: number;
    };

/** One instance as this process sees it. */
export interface InstanceState {
  readonly id: string;
  /** `host:port`. */
  readonly address: string;
  readonly weight: number;
  readonly tags: readonly string[];
  readonly condition: InstanceCondition;
  /** How much of its weight it may use: 0 to 1. */
  readonly share: number;
  /** Attempts under way. */
  readonly outstanding: number;
  /** What the balancer takes its latency for, milliseconds; undefined while it does not know. */
  readonly latencyMs: number | undefined;
  readonly failuresInRow: number;
  /** How often it was ejected and has not made up for it. */
  readonly ejections: number;
}

/** How an upstream stands at one moment. Plain JSON, without any value of a call. */
export interface UpstreamState {
  readonly name: string;
  /** What is spoken to it: `http`. */
  readonly protocol: string;
  readonly breaker: {
    /** `off`: there is none. */
    readonly kind: BreakerState['kind'] | 'off';
    /** Until an open one lets a call through. */
    readonly retryAfterMs: number;
  };
  readonly bulkhead: {
    readonly active: number;
    readonly limit: number;
    readonly queued: number;
    readonly maxQueued: number;
  };
  /** Milliseconds that half of the answers took at most; undefined while unknown. */
  readonly medianMs: number | undefined;
  /** Whether more instances are ejected than may be, so that all are called. */
  readonly isPanicking: boolean;
  readonly instances: readonly InstanceState[];
}

/** Tells how an upstream stands, out of what its layers know. Not for a request's way. */
export function upstreamState(parts: StackParts, layers: readonly Layer[], protocol: string): UpstreamState {
  const { clock, endpoints, latency, settings, upstream } = parts;
  const now = clock.now();
  const bulkhead = layers.find(layer => layer instanceof BulkheadLayer)!.bulkhead;
  const breaker = layers.find(layer => layer instanceof CircuitBreakerLayer)!;
  const { isPanicking } = endpoints.outliers;
  return {
    name: upstream,
    protocol,
    breaker: {
      kind: settings.config.breaker ? breaker.state.kind : 'off',
      retryAfterMs: Math.round(breaker.retryAfterMs(now)),
    },
    bulkhead: {
      active: bulkhead.active,
      limit: bulkhead.limit,
      queued: bulkhead.queued,
      maxQueued: settings.config.maxQueued,
    },
    medianMs: tenths(latency.medianMs(now)),
    isPanicking,
    instances: endpoints.list.map(endpoint => instanceState(endpoint, now)),
  };
}

function instanceState(endpoint: Endpoint, now: number): InstanceState {
  const { instance, address, outstanding, latency, health } = endpoint;
  const share = endpoint.share(now);
  return {
    id: instance.id,
    address,
    weight: instance.weight,
    tags: instance.tags,
    condition: conditionOf(endpoint, share, now),
    share: Math.round(share * 100) / 100,
    outstanding,
    latencyMs: latency.isKnown(now) ? tenths(latency.latencyMs(now)) : undefined,
    failuresInRow: health.failuresInRow,
    ejections: health.ejections,
  };
}

function conditionOf({ health: { state } }: Endpoint, share: number, now: number): InstanceCondition {
  // Ejections end when the next call is picked: one whose time is up is as good as back.
  if (state.kind !== 'ejected' || now >= state.until)
    return { kind: state.kind === 'serving' && share < 1 ? 'warming-up' : 'serving' };
  const { cause, since, until } = state;
  return { kind: 'ejected', cause, sinceMs: Math.round(now - since), leftMs: Math.round(until - now) };
}

function tenths(ms: number): number;
function tenths(ms: number | undefined): number | undefined;
function tenths(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 10) / 10;
}
