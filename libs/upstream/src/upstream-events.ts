import type { BreakerState, HealthState } from 'guichet/resilience';
import type { Attempt } from './attempt.js';
import type { Endpoint } from './endpoint.js';
import type { Outcome } from './passage.js';

/** Why a call or an attempt was not let through: no place in the bulkhead, an open breaker, or time that cannot suffice. */
export type Rejection = 'bulkhead-full' | 'circuit-open' | 'deadline-exceeded';

/**
 * How a request left a subset of instances that could not be called, or failed: with this call as its first one there (`moved`), by beginning
 * `again`, or with other calls answered there already (`mixed`).
 */
export type Departure = 'moved' | 'again' | 'mixed';

/**
 * Told of every attempt and of what layers did, for metrics and traces. A port and its injection token; where none is
 * provided it costs nothing. Its methods run on the request's way: they must be quick and never throw. Those that are not
 * abstract do nothing unless overridden.
 */
export abstract class UpstreamEvents {
  /** An attempt is about to go to `attempt.endpoint`. */
  abstract attemptStarted(attempt: Attempt): void;

  /**
   * An attempt came back.
   * @param elapsedMs  milliseconds since it started
   * @param error      what it failed with; undefined unless the outcome is `failed`
   */
  abstract attemptEnded(attempt: Attempt, outcome: Outcome, elapsedMs: number, error: unknown): void;

  /**
   * A call is tried again after `delayMs`; the attempt is the one that failed.
   * @param error  what it failed with
   */
  retried(_attempt: Attempt, _error: unknown, _delayMs: number): void {}

  /** A call would have been tried again, but the upstream's budget of further attempts is spent. */
  retryRefused(_attempt: Attempt): void {}

  /** A second attempt goes out beside a first one that is slow; the attempt is the second. */
  hedged(_attempt: Attempt): void {}

  /** A call found the same one under way and waits for its answer. */
  shared(_attempt: Attempt): void {}

  /** A call waits for a place in the bulkhead. */
  queued(_attempt: Attempt): void {}

  /** A call, or an attempt of it, was not let through. */
  rejected(_attempt: Attempt, _reason: Rejection): void {}

  /** A call, or what it falls back to, goes to a subset of the upstream's instances; only of upstreams that have subsets. */
  sent(_attempt: Attempt, _subset: string): void {}

  /**
   * A subset that was chosen is left for the default one, by the whole request.
   * @param upstream  whose subset it is: mostly the attempt's
   * @param reason    an error code, or `ejected`
   */
  fellBack(_attempt: Attempt, _upstream: string, _from: string, _reason: string, _how: Departure): void {}

  /** An instance was left out, or is called again. */
  instanceChanged(_upstream: string, _endpoint: Endpoint, _state: HealthState['kind']): void {}

  /** The upstream's circuit breaker opened, let probes through, or closed. */
  breakerChanged(_upstream: string, _state: BreakerState['kind']): void {}
}
