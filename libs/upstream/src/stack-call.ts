import { Attempt } from './attempt.js';
import type { Step } from './layer.js';
import { type CallHandle, type CallSink, UpstreamCall } from './upstream-call.js';
import type { UpstreamRequest } from './upstream-request.js';

/** A call through an upstream's stack. */
export class StackCall<T> extends UpstreamCall<T> {
  constructor(
    /** What it asks, for logs and tests. */
    readonly request: UpstreamRequest,
    private readonly step: Step,
  ) {
    super();
  }

  override start(sink: CallSink<T>): CallHandle {
    // The request's reader has checked the value against the schema that T comes from.
    return this.step.start(new Attempt(this.request), sink as CallSink<unknown>);
  }
}
