import { pickOfTwo } from 'guichet/discovery';
import { UpstreamError } from 'guichet/kernel';
import type { Attempt } from '../attempt.js';
import type { Endpoint } from '../endpoint.js';
import type { Endpoints } from '../endpoints.js';
import { type Layer, NOTHING_TO_CANCEL, type Step } from '../layer.js';
import { Passage } from '../passage.js';
import type { CallHandle, CallSink } from '../upstream-call.js';

/**
 * Picks the instance an attempt goes to: the less busy of two taken at random, by weight. Counts what is under way
 * there. Stands outside the attempt timeout, so that whatever watches instances sees a timeout as that instance's.
 */
export class InstancePickLayer implements Layer {
  readonly name = 'instance-pick';

  /** @param random  uniform in [0, 1) */
  constructor(
    private readonly endpoints: Endpoints,
    private readonly random: () => number,
  ) {}

  wrap(next: Step): Step {
    const { endpoints, random } = this;
    return {
      start(attempt: Attempt, sink: CallSink<unknown>): CallHandle {
        const endpoint = pickOfTwo(endpoints.list, random, attempt.avoided);
        if (endpoint === undefined) {
          sink.fail(new UpstreamError('no-instances', attempt.request.upstream, 'no instance to call'));
          return NOTHING_TO_CANCEL;
        }
        attempt.endpoint = endpoint;
        return new PickedPassage(attempt, sink, endpoint).go(next);
      },
    };
  }
}

class PickedPassage extends Passage {
  constructor(
    attempt: Attempt,
    sink: CallSink<unknown>,
    private readonly endpoint: Endpoint,
  ) {
    super(attempt, sink);
  }

  go(next: Step): this {
    this.endpoint.outstanding++;
    this.enter(next);
    return this;
  }

  protected override left(): void {
    this.endpoint.outstanding--;
  }
}
