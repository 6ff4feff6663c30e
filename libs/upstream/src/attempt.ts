import type { Endpoint } from './endpoint.js';
import type { UpstreamRequest } from './upstream-request.js';

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

  /**
   * @param request  what is asked
   * @param number   1 for a call's first, and so on
   * @param avoided  an endpoint that must not be picked
   */
  constructor(
    readonly request: UpstreamRequest,
    readonly number = 1,
    readonly avoided: Endpoint | undefined = undefined,
  ) {}

  /** @returns the next try at the same request, on another endpoint than this one's */
  another(): Attempt {
    return new Attempt(this.request, this.number + 1, this.endpoint);
  }
}
