import type { Attempt } from './attempt.js';
import type { Outcome } from './passage.js';

/**
 * Told of every attempt, for metrics and traces. A port and its injection token; where none is provided the stack has
 * no such layer and it costs nothing. Its methods run on the request's way: they must be quick and never throw.
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
}
