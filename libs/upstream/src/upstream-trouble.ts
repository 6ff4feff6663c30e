import type { BreakerState } from 'guichet/resilience';
import type { Endpoint } from './endpoint.js';

/** Why an upstream cannot be expected to answer now. */
export type UpstreamTrouble = 'no-instances' | 'all-ejected' | 'circuit-open';

/**
 * Finds out whether an upstream is in trouble. A breaker or an ejection whose time is over is none, though no call has come to see:
 * who sends calls elsewhere because of it would wait for ever.
 * @param now  milliseconds
 */
export function troubleOf(
  endpoints: readonly Endpoint[],
  breaker: BreakerState,
  now: number,
): UpstreamTrouble | undefined {
  if (endpoints.length === 0) return 'no-instances';
  if (breaker.kind === 'open' && now - breaker.openedAt < breaker.openMs) return 'circuit-open';
  const areEjected = endpoints.every(({ health: { state } }) => state.kind === 'ejected' && now < state.until);
  return areEjected ? 'all-ejected' : undefined;
}
