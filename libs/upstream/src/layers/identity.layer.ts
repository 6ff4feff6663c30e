import { UpstreamError } from 'guichet/kernel';
import type { Attempt } from '../attempt.js';
import type { CallIdentity } from '../identity/call-identity.js';
import type { Layer, Step } from '../layer.js';
import { type Outcome, Passage } from '../passage.js';
import type { CallHandle, CallSink } from '../upstream-call.js';

/**
 * Has the token ready that a call shows its upstream, and fails the call where none can be had. Stands outside of whatever
 * judges instances and tries again: an issuer that is unwell is not the upstream's failure, and all attempts show one token.
 */
export class IdentityLayer implements Layer {
  readonly name = 'identity';

  wrap(next: Step): Step {
    return {
      start(attempt: Attempt, sink: CallSink<unknown>): CallHandle {
        const { identity } = attempt.request;
        return identity === undefined ? next.start(attempt, sink) : new Introduced(attempt, sink, identity).go(next);
      },
    };
  }
}

class Introduced extends Passage {
  private isOver = false;

  constructor(
    attempt: Attempt,
    sink: CallSink<unknown>,
    private readonly identity: CallIdentity,
  ) {
    super(attempt, sink);
  }

  go(next: Step): this {
    let waiting: Promise<void> | undefined;
    try {
      waiting = this.identity.prepare();
    } catch (error) {
      this.abandon(error);
      return this;
    }
    if (waiting === undefined) this.enter(next);
    else void this.goLater(next, waiting);
    return this;
  }

  private async goLater(next: Step, waiting: Promise<void>): Promise<void> {
    try {
      await waiting;
      // The caller may have gone meanwhile.
      if (!this.isOver) this.enter(next);
    } catch (error) {
      this.abandon(error);
    }
  }

  protected override left(outcome: Outcome, error: unknown): void {
    this.isOver = true;
    if (outcome === 'failed' && error instanceof UpstreamError && error.status === 401) this.identity.refused();
  }
}
