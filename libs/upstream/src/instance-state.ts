import type { EjectionCause } from 'guichet/resilience';
import type { Endpoint } from './endpoint.js';
import { Subset } from './subsets/subset.js';

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

/** One instance as this process sees it. Plain JSON. */
export interface InstanceState {
  readonly id: string;
  /** `host:port`. */
  readonly address: string;
  readonly weight: number;
  readonly tags: readonly string[];
  /** The subset it belongs to; undefined where its upstream has none. */
  readonly subset: string | undefined;
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

/** Tells how an instance stands. @param now  milliseconds */
export function instanceState(endpoint: Endpoint, now: number): InstanceState {
  const { instance, address, outstanding, latency, health } = endpoint;
  const share = endpoint.share(now);
  return {
    id: instance.id,
    address,
    weight: instance.weight,
    tags: instance.tags,
    subset: endpoint.group instanceof Subset ? endpoint.group.name : undefined,
    condition: conditionOf(endpoint, share, now),
    share: Math.round(share * 100) / 100,
    outstanding,
    latencyMs: latency.isKnown(now) ? Math.round(latency.latencyMs(now) * 10) / 10 : undefined,
    failuresInRow: health.failuresInRow,
    ejections: health.ejections,
  };
}

/** Whether an instance is left out. Ejections end when the next call is picked: one whose time is up is as good as back. */
export function isEjected({ health: { state } }: Endpoint, now: number): boolean {
  return state.kind === 'ejected' && now < state.until;
}

function conditionOf(endpoint: Endpoint, share: number, now: number): InstanceCondition {
  const { state } = endpoint.health;
  if (state.kind !== 'ejected' || !isEjected(endpoint, now))
    return { kind: state.kind === 'serving' && share < 1 ? 'warming-up' : 'serving' };
  const { cause, since, until } = state;
  return { kind: 'ejected', cause, sinceMs: Math.round(now - since), leftMs: Math.round(until - now) };
}
