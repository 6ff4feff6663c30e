import type { Attempt } from '../attempt.js';
import type { DeprecatedCalls } from '../deprecation/deprecated-calls.js';
import type { Layer, Step } from '../layer.js';
import type { CallHandle, CallSink } from '../upstream-call.js';

/** Counts every call of an upstream that is deprecated as a whole, by who makes it. There is none at any other. */
export class DeprecationLayer implements Layer {
  readonly name = 'deprecation';

  constructor(private readonly calls: DeprecatedCalls) {}

  wrap(next: Step): Step {
    const { calls } = this;
    return {
      start(attempt: Attempt, sink: CallSink<unknown>): CallHandle {
        const { upstream, method, template, context } = attempt.request;
        calls.useOfUpstream(upstream, method, template, context);
        return next.start(attempt, sink);
      },
    };
  }
}
