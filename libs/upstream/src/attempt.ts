import type { Endpoint } from './endpoint.js';
import type { UpstreamRequest } from './upstream-request.js';

/** Who waits for a call's answer: a client's request, or all that share the call. */
export interface Caller {
  /** Whether nobody is there any more because the client went away, not because time was up. */
  readonly departed: boolean;
}

/**
 * One try at a request: what travels inward through the layers. A call begins with one; a layer that tries again makes
 * {@link another}. Layers write down here what those outside of them need to know afterwards.
 */
export class Attempt {
  /** Where it goes: set by the instance pick. */
  endpoint: Endpoint | undefined = undefined;
  /** Milliseconds it may take in all: set by the attempt timeout, which ends it; sent as `X-Deadline-Ms`. */
  allowedMs = 0;
  /** Whether the answer's head arrived: from then on the upstream has done the work. Set by the transport. */
  isAnswered = false;
  /** Whether a second attempt was faster: it is then cancelled through no fault of its instance. Set by the hedging. */
  isOutrun = false;
  /** The instant its call came in, milliseconds: set by the deadline. What waited in between is later than that. */
  calledAt = 0;
  /** The instant by which its answer is of use, milliseconds: the caller's deadline, or a shared call's own. */
  deadlineAt: number;
  /** Who waits for it: the client's request, or all that share the call. */
  caller: Caller;

  /**
   * @param request  what is asked
   * @param number   1 for a call's first, and so on
   * @param avoided  an endpoint that must not be picked
   */
  constructor(
    readonly request: UpstreamRequest,
    readonly number = 1,
    readonly avoided: Endpoint | undefined = undefined,
  ) {
    this.deadlineAt = request.context.deadlineAt;
    this.caller = request.context.request;
  }

  /** Whether the client went away: an attempt that is cancelled then says nothing about the upstream. */
  get isDeparted(): boolean {
    return this.caller.departed;
  }

  /** @returns the next try at the same request, on another endpoint than this one's */
  another(): Attempt {
    const next = new Attempt(this.request, this.number + 1, this.endpoint);
    next.deadlineAt = this.deadlineAt;
    next.caller = this.caller;
    next.calledAt = this.calledAt;
    return next;
  }
}
