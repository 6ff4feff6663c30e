import { UpstreamError } from 'guichet/kernel';
import type { Attempt } from '../attempt.js';
import type { Endpoints } from '../endpoints.js';
import type { Layer, Step } from '../layer.js';
import { Passage } from '../passage.js';
import type { CallHandle, CallSink } from '../upstream-call.js';
import { isRepeatable } from '../upstream-request.js';

/**
 * Tries a call again where that is certain to be harmless: GET, HEAD and calls with an idempotency key, when the
 * instance refused the connection or reset it before it answered; on another instance; no more often than `maxRetries`.
 */
export class RetryLayer implements Layer {
  readonly name = 'retry';

  constructor(
    private readonly endpoints: Endpoints,
    private readonly maxRetries: number,
  ) {}

  wrap(next: Step): Step {
    const { endpoints, maxRetries } = this;
    return {
      start(attempt: Attempt, sink: CallSink<unknown>): CallHandle {
        if (maxRetries === 0 || !isRepeatable(attempt.request)) return next.start(attempt, sink);
        const passage = new RetryPassage(attempt, sink, next, endpoints, maxRetries);
        passage.tryOnce(attempt);
        return passage;
      },
    };
  }
}

class RetryPassage extends Passage {
  private latest: Attempt;

  constructor(
    first: Attempt,
    sink: CallSink<unknown>,
    private readonly next: Step,
    private readonly endpoints: Endpoints,
    private readonly maxRetries: number,
  ) {
    super(first, sink);
    this.latest = first;
  }

  tryOnce(attempt: Attempt): void {
    this.latest = attempt;
    this.enter(this.next, attempt);
  }

  protected override recovered(error: unknown): boolean {
    const { latest } = this;
    if (latest.number > this.maxRetries || latest.isAnswered || !isLost(error)) return false;
    if (!this.endpoints.hasOther(latest.endpoint)) return false;
    this.tryOnce(latest.another());
    return true;
  }
}

function isLost(error: unknown): boolean {
  return error instanceof UpstreamError && (error.code === 'upstream-refused' || error.code === 'upstream-reset');
}
