import type { Clock } from 'guichet/kernel';
import type { FinishedRequest, RequestListener } from '../../request-listeners.js';
import { spansOf } from './spans-of.js';
import type { SpanOrigin, ToldSpan } from './told-span.js';

/** Turns what was written down of a sampled request into spans, once it is over. */
export class TraceListener implements RequestListener {
  /** Those that are sampled are traced anyway. */
  readonly needsTraces = false;

  /** @param take  gets the spans of one request */
  constructor(
    private readonly origin: SpanOrigin,
    private readonly clock: Clock,
    private readonly take: (spans: readonly ToldSpan[]) => void,
  ) {}

  finished(finished: FinishedRequest): void {
    if (finished.context.sampled !== undefined) this.take(spansOf(this.origin, finished, this.clock));
  }
}
