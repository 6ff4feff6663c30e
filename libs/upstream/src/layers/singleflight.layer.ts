import type { Attempt } from '../attempt.js';
import type { Layer, Step } from '../layer.js';
import { isShareable } from '../shareable.js';
import { LateFollower, SharedCall } from '../shared-call.js';
import { SharedCalls } from '../shared-calls.js';
import type { StackParts } from '../stack-parts.js';
import type { CallHandle, CallSink } from '../upstream-call.js';

/**
 * Asks the same once: a call that changes nothing and is under way serves all who ask the same for the same identity, or anybody's public
 * call. It runs under the upstream's own budget, not under that of whoever came first, and is cancelled when the last who
 * waits has left.
 * @see docs/decisions/0021-what-is-shared.md
 */
export class SingleflightLayer implements Layer {
  readonly name = 'singleflight';
  private readonly calls = new SharedCalls();

  constructor(private readonly parts: StackParts) {}

  /** How many calls are under way that can be joined. */
  get size(): number {
    return this.calls.size;
  }

  wrap(next: Step): Step {
    return { start: (attempt, sink) => this.enter(attempt, sink, next) };
  }

  private enter(attempt: Attempt, sink: CallSink<unknown>, next: Step): CallHandle {
    const { calls, parts } = this;
    const { request } = attempt;
    const { config } = parts.settings;
    if (!config.singleflight || !isShareable(request)) return next.start(attempt, sink);
    const known = calls.find(request, attempt.subset);
    if (known !== undefined) {
      parts.events?.shared(attempt);
      return new LateFollower(known, sink, attempt.caller);
    }
    if (calls.isFull) return next.start(attempt, sink);
    const budgetMs = config.sharedBudgetMs ?? request.timeoutMs * (1 + request.maxRetries);
    return new SharedCall(attempt, sink, calls, attempt.calledAt + budgetMs, parts.freezesAll).go(next, attempt);
  }
}
