import type { Clock } from 'guichet/kernel';
import type { FinishedRequest, RequestListener } from '../../request-listeners.js';
import { SPANS_LEFT_OUT } from './attributes.js';
import type { FinishedSpan, SpanOrigin } from './finished-span.js';
import { addPage } from './page-spans.js';
import { requestSpan } from './request-span.js';
import { TraceSpans } from './trace-spans.js';

/** Turns what was written down of a sampled request into spans, once it is over. */
export class TraceListener implements RequestListener {
  /** Those that are sampled are traced anyway. */
  readonly needsTraces = false;

  /** @param take  gets the spans of one request, the request's own last */
  constructor(
    private readonly origin: SpanOrigin,
    private readonly clock: Clock,
    private readonly take: (spans: FinishedSpan[]) => void,
  ) {}

  finished(finished: FinishedRequest): void {
    const { context, endedAt } = finished;
    if (context.sampled === undefined) return;
    const spans = new TraceSpans(this.origin, context.sampled, this.clock);
    if (context.trace !== undefined) addPage(spans, context.trace, endedAt);
    const request = requestSpan(finished);
    if (spans.leftOut > 0) request.attributes[SPANS_LEFT_OUT] = spans.leftOut;
    spans.addRequest(request);
    this.take(spans.all);
  }
}
