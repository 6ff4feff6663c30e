import type { Attempt } from './attempt.js';
import type { CallHandle, CallSink } from './upstream-call.js';

/**
 * Something that carries an attempt out: the transport, or the transport with layers around it.
 * Tells the sink exactly one outcome, possibly before `start` returns, and none after `cancel()`.
 */
export interface Step {
  start(attempt: Attempt, sink: CallSink<unknown>): CallHandle;
}

/** One concern of a call, wrapped around the steps inside of it. Made once per upstream at boot; what it keeps is per upstream. */
export interface Layer {
  /** As the order of the stack is pinned by: `retry`. */
  readonly name: string;
  wrap(next: Step): Step;
}

/**
 * Wraps layers around a transport.
 * @param layers  outermost first
 */
export function stack(layers: readonly Layer[], transport: Step): Step {
  return layers.reduceRight((next, layer) => layer.wrap(next), transport);
}

/** The handle of something that is already over. */
export const NOTHING_TO_CANCEL: CallHandle = { cancel() {} };
