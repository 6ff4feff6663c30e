import type { Clock } from 'guichet/kernel';
import type { RetryBudget } from 'guichet/resilience';
import type { Layer } from './layer.js';
import { BulkheadLayer } from './layers/bulkhead.layer.js';
import { SingleflightLayer } from './layers/singleflight.layer.js';

/** How busy one upstream is, as its layers know it: read when somebody looks. */
export class UpstreamLoad {
  private readonly bulkhead: BulkheadLayer['bulkhead'];
  private readonly singleflight: SingleflightLayer;

  /** @param layers  of the upstream's stack */
  constructor(
    layers: readonly Layer[],
    private readonly retryBudget: RetryBudget,
    private readonly clock: Clock,
  ) {
    this.bulkhead = layers.find(layer => layer instanceof BulkheadLayer)!.bulkhead;
    this.singleflight = layers.find(layer => layer instanceof SingleflightLayer)!;
  }

  /** Calls that have a place in the bulkhead. */
  get inFlight(): number {
    return this.bulkhead.active;
  }

  /** Calls that wait for a place. */
  get queued(): number {
    return this.bulkhead.queued;
  }

  /** How many places there are. */
  get limit(): number {
    return this.bulkhead.limit;
  }

  /** Calls under way that equal ones may join. */
  get joinable(): number {
    return this.singleflight.size;
  }

  /** Further attempts, retries and hedges alike, that may be made now. */
  get furtherAttempts(): number {
    return this.retryBudget.left(this.clock.now());
  }
}
