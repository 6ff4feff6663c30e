import type { BreakerState } from 'guichet/resilience';
import { type InstanceState, instanceState, isEjected } from './instance-state.js';
import type { Layer } from './layer.js';
import { BulkheadLayer } from './layers/bulkhead.layer.js';
import { CircuitBreakerLayer } from './layers/circuit-breaker.layer.js';
import { SingleflightLayer } from './layers/singleflight.layer.js';
import type { StackParts } from './stack-parts.js';

/** Why an upstream cannot be expected to answer now. */
export type UpstreamTrouble = 'no-instances' | 'all-ejected' | 'circuit-open';

/** One subset of an upstream's instances. Plain JSON. */
export interface SubsetState {
  readonly name: string;
  /** Of all who are sent by weight, how many it answers. */
  readonly weightPercent: number;
  readonly instances: number;
  readonly ejected: number;
}

/** How an upstream stands at one moment. Plain JSON, without any value of a call. */
export type UpstreamReport = ReturnType<UpstreamState['report']>;

/**
 * How one upstream stands, as its layers know it: what metrics, health and the inspector are told. Read when somebody looks,
 * never on a request's way.
 */
export class UpstreamState {
  private readonly places: BulkheadLayer['bulkhead'];
  private readonly singleflight: SingleflightLayer;
  private readonly circuit: CircuitBreakerLayer;

  /**
   * @param layers    of the upstream's stack
   * @param protocol  what is spoken to it: `http`
   */
  constructor(
    private readonly parts: StackParts,
    layers: readonly Layer[],
    private readonly protocol: string,
  ) {
    this.places = layers.find(layer => layer instanceof BulkheadLayer)!.bulkhead;
    this.singleflight = layers.find(layer => layer instanceof SingleflightLayer)!;
    this.circuit = layers.find(layer => layer instanceof CircuitBreakerLayer)!;
  }

  /** Why it cannot be expected to answer now; undefined: nothing is known against it. */
  get trouble(): UpstreamTrouble | undefined {
    const { list } = this.parts.endpoints;
    const now = this.parts.clock.now();
    if (list.length === 0) return 'no-instances';
    // A breaker or an ejection whose time is over is none, though no call has come to see: who sends calls elsewhere because of
    // it would wait for ever.
    if (this.breaker.retryAfterMs > 0) return 'circuit-open';
    return list.every(endpoint => isEjected(endpoint, now)) ? 'all-ejected' : undefined;
  }

  /** What its breaker is, `off` where there is none, and the milliseconds until an open one lets a call through. */
  get breaker(): { readonly kind: BreakerState['kind'] | 'off'; readonly retryAfterMs: number } {
    if (!this.parts.settings.config.breaker) return { kind: 'off', retryAfterMs: 0 };
    const retryAfterMs = Math.ceil(this.circuit.retryAfterMs(this.parts.clock.now()));
    return { kind: this.circuit.state.kind, retryAfterMs };
  }

  /** Calls that have a place, how many places there are, and who waits for one. */
  get bulkhead(): {
    readonly active: number;
    readonly limit: number;
    readonly queued: number;
    readonly maxQueued: number;
  } {
    const { active, limit, queued } = this.places;
    return { active, limit, queued, maxQueued: this.parts.settings.config.maxQueued };
  }

  /** Calls under way that equal ones may join. */
  get joinable(): number {
    return this.singleflight.size;
  }

  /** Further attempts, retries and hedges alike, that may be made now. */
  get furtherAttempts(): number {
    return this.parts.retryBudget.left(this.parts.clock.now());
  }

  /** Milliseconds that half of the answers took at most; undefined while unknown. */
  get medianMs(): number | undefined {
    const median = this.parts.latency.medianMs(this.parts.clock.now());
    return median === undefined ? undefined : Math.round(median * 10) / 10;
  }

  /** Whether more instances are ejected than may be, so that all are called. */
  get isPanicking(): boolean {
    const { endpoints, subsets } = this.parts;
    return (subsets?.subsets.byDefault ?? endpoints).outliers.isPanicking;
  }

  /** Its subsets, in the order in which instances are assigned; empty where it has none. */
  get subsets(): readonly SubsetState[] {
    const subsets = this.parts.subsets?.subsets;
    if (subsets === undefined) return [];
    const { all, weights } = subsets;
    return all.map(({ name, list, outliers }) => ({
      name,
      weightPercent: weights[name]!,
      instances: list.length,
      ejected: outliers.ejected,
    }));
  }

  get instances(): readonly InstanceState[] {
    const now = this.parts.clock.now();
    return this.parts.endpoints.list.map(endpoint => instanceState(endpoint, now));
  }

  /** @returns all of it, as it is at this moment */
  report() {
    return {
      name: this.parts.upstream,
      protocol: this.protocol,
      trouble: this.trouble,
      breaker: this.breaker,
      bulkhead: this.bulkhead,
      joinable: this.joinable,
      furtherAttempts: this.furtherAttempts,
      medianMs: this.medianMs,
      isPanicking: this.isPanicking,
      subsets: this.subsets,
      instances: this.instances,
    };
  }
}
