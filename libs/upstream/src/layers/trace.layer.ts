import { CallTrace, type Clock, type TracedCalls } from 'guichet/kernel';
import type { Attempt } from '../attempt.js';
import type { Layer, Step } from '../layer.js';
import { type Outcome, Passage } from '../passage.js';
import { codeOf } from '../trace/trace-events.js';
import type { CallHandle, CallSink } from '../upstream-call.js';

/** Writes a call down in the section or the exchange that makes it, where somebody wants to know. What its attempts do: `trace-events.ts`. */
export class TraceLayer implements Layer {
  readonly name = 'trace';

  constructor(private readonly clock: Clock) {}

  wrap(next: Step): Step {
    const { clock } = this;
    return {
      start(attempt: Attempt, sink: CallSink<unknown>): CallHandle {
        const { trace } = attempt.request.context;
        return trace === undefined
          ? next.start(attempt, sink)
          : new TracedPassage(attempt, sink, trace, clock).go(next);
      },
    };
  }
}

class TracedPassage extends Passage {
  private readonly trace: CallTrace;

  constructor(
    attempt: Attempt,
    sink: CallSink<unknown>,
    traced: TracedCalls,
    private readonly clock: Clock,
  ) {
    super(attempt, sink);
    const { upstream, method, template } = attempt.request;
    attempt.callTrace = this.trace = new CallTrace(upstream, method, template, clock.now());
    traced.calls.push(this.trace);
  }

  go(next: Step): this {
    this.enter(next);
    return this;
  }

  protected override left(outcome: Outcome, error: unknown): void {
    this.trace.end(this.clock.now(), outcome, codeOf(outcome, error));
  }
}
